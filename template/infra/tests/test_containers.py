import pytest
from infra.tests.containers import SCHEMA, conflicts, faults

GOOD = {
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "restart": "unless-stopped",
}


def test_good_service_has_no_fault():
    assert faults({"a": GOOD, "migrate": GOOD | {"restart": "no"}}) == {}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"cap_drop": []}, "keeps capabilities"),
        ({"security_opt": []}, "may gain privileges"),
        ({"volumes": ["/var/run/docker.sock:/s"]}, "owns the machine"),
        ({"privileged": True}, "owns the machine"),
        ({"restart": "no"}, "stays down"),
    ],
)
def test_fault_of_a_service_is_named(changed, fault):
    assert faults({"a": GOOD | changed}) == {"a": [fault]}


def test_schema_sees_an_unknown_key(tmp_path, lint):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: b, colour: red}}\n")
    assert lint("check-jsonschema", *SCHEMA, tmp_path / "compose.yaml").returncode == 1


def test_network_that_differs_is_seen():
    assert conflicts([{"networks": {"edge": {}}}, {"networks": {"edge": {"ipam": {}}}}]) == {"edge"}
