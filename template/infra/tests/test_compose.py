import re
from pathlib import Path
from typing import Any

import yaml
from infra.tests.containers import SCHEMA, conflicts, faults


def compose_files(root: Path) -> list[Path]:
    return [root / "compose.yaml", *sorted((root / "infra/compose").glob("*.yaml"))]


def services(root: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in compose_files(root):
        found |= yaml.safe_load(path.read_text())["services"]
    return found


def test_compose_files_are_tidy(untidy):
    assert untidy("compose.yaml", "infra/compose") == []


def test_compose_files_follow_the_specification(root, lint):
    result = lint("check-jsonschema", *SCHEMA, *compose_files(root))
    assert result.returncode == 0, result.stdout


def test_every_container_has_no_more_rights_than_it_needs_and_restarts(root):
    assert faults(services(root)) == {}


def test_only_doors_are_published_and_only_on_this_machine(root):
    for name, service in services(root).items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_every_included_file_is_there(root):
    included = yaml.safe_load((root / "compose.yaml").read_text())["include"]
    assert sorted(included) == sorted(
        str(path.relative_to(root)) for path in (root / "infra/compose").glob("*.yaml")
    )


def test_files_declare_the_same_networks(root):
    assert conflicts([yaml.safe_load(path.read_text()) for path in compose_files(root)]) == set()


def explained(root: Path) -> set[str]:
    text = (root / ".env.example").read_text()
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_every_setting_is_explained(root):
    used = {
        name
        for path in compose_files(root)
        for name in re.findall(r"\$\{([A-Z0-9_]+)", path.read_text())
        if not name.startswith(("COMPOSE_", "LLAMACPP_", "VLLM_"))
    }
    assert used - explained(root) == set()


def test_every_explained_setting_reaches_a_container(root):
    texts = [path.read_text() for path in compose_files(root)]
    handed = {name for text in texts for name in re.findall(r"\b[A-Z][A-Z0-9_]+\b", text)}
    missing = explained(root) - handed
    assert {name for name in missing if not name.endswith(("_HOST", "_PORT"))} == set()


def test_model_proxy_is_not_told_where_the_data_is(root):
    compose = yaml.safe_load((root / "compose.yaml").read_text())["services"]
    assert "DATABASE_URL" not in compose["model-proxy"]["environment"]
    assert "DATABASE_URL" in compose["workers"]["environment"]


# covers R-0509
def test_workers_that_rotate_the_signing_keys_run_with_their_secret(root):
    workers = yaml.safe_load((root / "compose.yaml").read_text())["services"]["workers"]
    assert "SESSION_SECRET" in workers["environment"]
    assert workers["restart"] not in {None, "no"}, "they must be there when a key is due"


def test_init_env_makes_secrets_once_and_for_the_owner_alone(root, tmp_path, run):
    file = tmp_path / ".env"
    file.write_text("SESSION_SECRET=mine\n")
    assert run(root / "infra/compose/init-env.sh", file).returncode == 0
    first = file.read_text()
    assert run(root / "infra/compose/init-env.sh", file).returncode == 0
    assert file.read_text() == first
    assert "SESSION_SECRET=mine\n" in first
    values = dict(line.split("=", 1) for line in first.splitlines())
    assert re.fullmatch(r"[0-9a-f]{64}", values["POSTGRES_PASSWORD"])
    assert values["POSTGRES_PASSWORD"] != values["APP_DATABASE_PASSWORD"]


def test_init_env_says_what_a_person_still_has_to_set(root, tmp_path, run):
    result = run(root / "infra/compose/init-env.sh", tmp_path / ".env")
    assert "OIDC_ISSUER" in result.stderr
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_flags_can_be_changed_under_running_services(root):
    # covers R-0510
    for name in ("gateway", "model-proxy"):
        assert "./flags.yaml:/app/flags.yaml:ro" in services(root)[name]["volumes"], name
