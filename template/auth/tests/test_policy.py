"""The policy is strict unless it says otherwise, and says so aloud. covers R-0401, R-0403."""

from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from oidc_auth.policy import FILE, AuthPolicy, load_policy
from oidc_auth.policy.risk import MUST_REACH
from oidc_auth.rules import rule_modules
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


OFF = {
    "sessions: {idle_s: 86401}": "stays signed in",
    "keys: {rotate_s: 7776001}": "stolen key",
    "stepup: {permissions: []}": "can administrate",
    "stepup: {max_age_s: 86401}": "hardly ever asked for",
    "dpop: {required: false}": "a stolen cookie is a stolen session",
    "risk: {rules: {odd_hour: {points: 0}}}": "the rule is off",
    "risk: {rules: {many_failures: {failures: 51}}}": "guessing costs no work",
    "risk: {rules: {many_failures: {points: 29}}}": "guessing costs no work",
    "risk: {pow: 41}": "guessing costs no work",
    "risk: {step_up: 61}": "asked for no second factor",
    "risk: {failures_s: 59}": "guessing slowly",
    "risk: {timeout_s: 3}": "slow hook",
    "limits: {address: {per_s: 1001, burst: 300}}": "address is over 20 times",
    "limits: {person: {per_s: 25, burst: 4001}}": "person is over 20 times",
    "limits: {sign_in: {per_s: 1.1, burst: 20}}": "guessing is hardly slowed down",
    "limits: {questions: {per_s: 100, burst: 20}}": "questions is over 20 times",
    "pow: {difficulty: 11}": "costs a program nothing",
    "audit: {allows: none}": "what was read",
    "audit: {checkpoint_s: 3601}": "cut off unseen",
}
BOUNDED = {"jwks", "tokens"}
"""Sections of which every value that is allowed is safe."""


@pytest.mark.parametrize(("text", "consequence"), OFF.items())
def test_switching_a_protection_off_is_said_aloud_and_refused_outside_development(
    file: Path, text: str, consequence: str
) -> None:
    file.write_text(text)
    with capture_logs() as logs:
        load_policy(file, environment="development")
    (warning,) = logs
    assert (warning["event"], warning["log_level"]) == ("auth_policy_is_weak", "warning")
    (sentence,) = warning["weaknesses"]
    assert sentence.startswith(f"{text.partition(':')[0]}: ")
    assert consequence in sentence
    with pytest.raises(SettingsError, match=consequence):
        load_policy(file, environment="production")


def test_every_section_says_when_it_is_switched_off() -> None:
    assert {text.partition(":")[0] for text in OFF} | BOUNDED == set(AuthPolicy.model_fields)


@pytest.mark.parametrize("section", AuthPolicy.model_fields)
def test_section_that_is_absent_is_on_and_one_without_a_value_is_an_error(
    file: Path, section: str
) -> None:
    ours = yaml.safe_load((root() / FILE).read_text())
    file.write_text(yaml.safe_dump({name: ours[name] for name in ours if name != section}))
    assert getattr(load_policy(file, environment="production"), section) == getattr(
        AuthPolicy(), section
    )
    file.write_text(f"{section}:")
    with pytest.raises(SettingsError, match=section):
        load_policy(file, environment="development")


def test_every_entry_that_is_absent_has_its_default() -> None:
    for section in AuthPolicy.model_fields:
        for name, entry in type(getattr(AuthPolicy(), section)).model_fields.items():
            assert not entry.is_required(), f"{section}.{name}"


def test_points_that_thresholds_are_held_against_are_the_rules_own() -> None:
    points = {rule: points for rule, points, _ in MUST_REACH.values()}
    assert {name: rule_modules()[name].TUNING["points"] for name in points} == points


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
