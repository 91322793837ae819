import json
import re

import pytest


def registered_addresses(text: str) -> list[str]:
    """Every redirect address that a provider's configuration allows."""
    return re.findall(r'"([^"]*/auth/callback[^"]*)"', text)


@pytest.fixture(scope="session")
def configuration(root) -> str:
    """What the chosen provider is told; there is one provider per repository."""
    files = [
        path for path in (root / "infra/identity").rglob("*") if path.suffix in {".json", ".tf"}
    ]
    assert len({file.parent for file in files}) == 1
    return "".join(file.read_text() for file in files)


# covers R-0401
def test_provider_sends_people_back_to_one_exact_address(configuration):
    addresses = registered_addresses(configuration)
    assert len(addresses) == 1
    assert "*" not in addresses[0]


def test_address_gate_sees_a_wildcard():
    assert "*" in registered_addresses('["https://desk.example.com/auth/callback*"]')[0]


def test_configuration_holds_no_secret(configuration):
    secrets = re.findall(r'"?(?:client_)?secret"?\s*[=:]\s*"([^"]*)"', configuration)
    assert all(secret.startswith("${") for secret in secrets)


def test_json_configurations_allow_the_code_flow_only(root):
    for file in (root / "infra/identity").rglob("*.json"):
        content = json.loads(file.read_text())
        for client in content.get("clients", [content]):
            assert not client.get("implicitFlowEnabled")
            assert not client.get("directAccessGrantsEnabled")
            assert client.get("response_types", ["code"]) == ["code"]
