"""The policy is strict unless it says otherwise, and says so aloud. covers R-0401, R-0403."""

from pathlib import Path

import pytest

from oidc_auth.policy import FILE, AuthPolicy, load_policy
from runtime.product import root
from runtime.settings import SettingsError

WEAK = "sessions: {idle_s: 86401}\nkeys: {rotate_s: 99999999}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


def test_load_policy_reads_this_repos_file_as_production_would() -> None:
    policy = load_policy(environment="production")
    assert policy.weaknesses() == []
    assert policy.sessions.absolute_s <= 30 * 24 * 3600


def test_load_policy_takes_an_empty_file_for_the_strongest_policy(file: Path) -> None:
    file.write_text("")
    assert load_policy(file, environment="production") == AuthPolicy()
    assert AuthPolicy().weaknesses() == []


def test_load_policy_refuses_a_weak_file_outside_development(file: Path) -> None:
    file.write_text(WEAK)
    with pytest.raises(SettingsError, match="too weak for ENVIRONMENT=production") as caught:
        load_policy(file, environment="production")
    assert "sessions: idle_s" in str(caught.value)
    assert "keys: rotate_s" in str(caught.value)
    assert load_policy(file, environment="development").sessions.idle_s == 86401


@pytest.mark.parametrize(
    "text",
    [
        "sessions: {absolute_s: 2592001}",
        "sessions: {absolute_s: 0}",
        "sessions: {idle: 60}",
        "session: {idle_s: 60}",
        "tokens: {lifetime_s: 301}",
        "tokens: {cached_s: 31}",
        "jwks: {ttl_s: .inf}",
        "- a list",
        "{",
    ],
)
def test_load_policy_refuses_what_it_does_not_understand(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError):
        load_policy(file, environment="development")


def test_load_policy_needs_the_file(file: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        load_policy(file, environment="development")


def test_file_is_where_the_images_put_it() -> None:
    assert f"COPY {FILE} auth/" in (root() / "infra/docker/python.Dockerfile").read_text()
    assert f"!{FILE}" in (root() / ".dockerignore").read_text().splitlines()
