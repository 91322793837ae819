"""The contract with the identity provider is what its schema says. covers R-0304."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from oidc_auth.contract import FILE, load_contract, schema
from runtime.product import root
from runtime.settings import SettingsError

MINIMAL = "version: 1\nroles: {member: ['documents:read']}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "auth.yaml"


def test_load_contract_reads_this_repos_file() -> None:
    contract = load_contract()
    assert contract.granted_by_claims == ()
    assert set(contract.roles) == {"member", "reviewer", "admin"}


def test_schema_beside_the_file_is_the_codes_own_and_the_file_follows_it() -> None:
    kept = (root() / FILE).with_suffix(".schema.json").read_text()
    assert kept == schema()
    document = yaml.safe_load((root() / FILE).read_text())
    Draft202012Validator(yaml.safe_load(kept)).validate(document)


def test_roles_version_changes_with_what_roles_mean(file: Path) -> None:
    file.write_text(MINIMAL)
    before = load_contract(file).roles_version
    file.write_text(MINIMAL.replace("documents:read", "documents:write"))
    assert load_contract(file).roles_version != before


@pytest.mark.parametrize(
    "fault",
    [
        MINIMAL.replace("documents:read", "documents:everything"),
        MINIMAL.replace("member", "root"),
        MINIMAL + "provider: {algorithms: [none]}\n",
        MINIMAL + "provider: {algorithms: [HS256]}\n",
        MINIMAL + "provider: {pkce: maybe}\n",
        MINIMAL + "granted_by_claims: [{claim: groups, value: '', role: admin}]\n",
        MINIMAL + "granted_by_claim: []\n",
        "version: 2\nroles: {}\n",
        "{",
    ],
)
def test_load_contract_refuses_what_it_does_not_understand(file: Path, fault: str) -> None:
    file.write_text(fault)
    with pytest.raises(SettingsError):
        load_contract(file)


def test_load_contract_needs_the_file(file: Any) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        load_contract(file)
