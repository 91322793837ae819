"""Risk: the rules, their sum, and hooks that are late or broken. covers R-0402."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oidc_auth import rules
from oidc_auth.policy.risk import RiskPolicy
from oidc_auth.risk import Device, Risk, RiskContext, Thresholds, Verdict, open_risk
from oidc_auth.rules import load_rules, open_hook
from runtime.settings import SettingsError

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
LAPTOP = Device("laptop", network="home", agent="browser", last_seen_at=NOON - timedelta(days=1))
SIGN_IN = RiskContext("sign_in_ends", NOON, LAPTOP, known=(LAPTOP,))
REQUEST = RiskContext("request", NOON, LAPTOP, before=LAPTOP)

OWN_RULE = '''"""Nobody signs in from the lobby."""

TUNING = {"points": 100, "floor": 0}


def assess(context, tuning):
    return "lobby" if context.device.network == "lobby" and tuning["floor"] == 0 else None
'''


class Hook:
    """Answers what the test tells it to."""

    policy_version = "test"

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.never = asyncio.Event()

    async def assess(self, context: RiskContext) -> Verdict:
        if self.fault:
            raise self.fault
        await self.never.wait()
        return Verdict("allow", (), self.policy_version)


async def judged(context: RiskContext) -> Verdict:
    return await open_risk(RiskPolicy()).assess(context)


async def test_risk_timeout_not_allow() -> None:
    verdict = await Risk(Hook(), timeout_s=0.001).assess(SIGN_IN)
    assert (verdict.decision, verdict.reasons) == ("step_up", ("risk_timeout",))
    assert verdict.policy_version == "test"


@pytest.mark.parametrize("fault", [ValueError("no"), KeyError("x"), OSError("down")])
async def test_risk_error_not_allow(fault: Exception) -> None:
    verdict = await Risk(Hook(fault), timeout_s=1).assess(SIGN_IN)
    assert (verdict.decision, verdict.reasons) == ("step_up", ("risk_error",))


async def test_known_browser_in_its_usual_place_is_allowed() -> None:
    assert (await judged(SIGN_IN)).decision == "allow"
    assert (await judged(REQUEST)).decision == "allow"


async def test_first_browser_of_a_person_is_allowed() -> None:
    assert (await judged(replace(SIGN_IN, known=()))).decision == "allow"


async def test_new_browser_in_a_new_network_needs_a_second_factor() -> None:
    stranger = Device("phone", network="café", agent="other", last_seen_at=NOON)
    verdict = await judged(replace(SIGN_IN, device=stranger))
    assert verdict.reasons == ("new_device", "new_network")
    assert verdict.decision == "pow"  # in the middle of a sign-in: a second factor


async def test_two_networks_at_once_need_a_second_factor() -> None:
    elsewhere = replace(LAPTOP, jkt="phone", network="abroad", last_seen_at=NOON)
    here = replace(SIGN_IN, known=(replace(LAPTOP, last_seen_at=NOON),), device=elsewhere)
    verdict = await judged(here)
    assert verdict.decision == "step_up"
    assert "impossible_travel" in verdict.reasons


async def test_session_that_moved_needs_a_second_factor_only_if_the_browser_changed_too() -> None:
    moved = replace(LAPTOP, network="train")
    assert (await judged(replace(REQUEST, device=moved))).decision == "allow"
    stolen = replace(moved, agent="script")
    verdict = await judged(replace(REQUEST, device=stolen))
    assert (verdict.decision, verdict.reasons) == ("step_up", ("changed_surroundings",))


async def test_many_failures_before_a_sign_in_cost_work() -> None:
    begins = RiskContext("sign_in_begins", NOON, LAPTOP, failures=5)
    assert (await judged(begins)).decision == "pow"
    assert (await judged(replace(begins, failures=4))).decision == "allow"


async def test_everything_at_once_is_denied() -> None:
    device = Device("new", network="new", agent="new", last_seen_at=NOON)
    known = (replace(LAPTOP, last_seen_at=NOON),)
    night = NOON.replace(hour=3)
    verdict = await judged(replace(SIGN_IN, at=night, device=device, known=known, failures=9))
    assert verdict.decision == "deny"
    assert verdict.points >= 100


@pytest.mark.parametrize(("hour", "is_odd"), [(0, False), (1, True), (4, True), (5, False)])
async def test_odd_hour(hour: int, is_odd: bool) -> None:
    verdict = await judged(replace(SIGN_IN, at=NOON.replace(hour=hour)))
    assert ("odd_hour" in verdict.reasons) is is_odd


async def test_odd_hours_may_pass_midnight() -> None:
    policy = RiskPolicy(rules={"odd_hour": {"from_hour": 22, "to_hour": 5, "points": 40}})
    hook = open_hook(policy)
    for hour, decision in ((21, "allow"), (22, "pow"), (0, "pow"), (5, "allow")):
        verdict = await hook.assess(replace(SIGN_IN, at=NOON.replace(hour=hour)))
        assert verdict.decision == decision, hour


def test_tuning_changes_the_policy_version() -> None:
    before = open_hook(RiskPolicy()).policy_version
    tuned = open_hook(RiskPolicy(rules={"odd_hour": {"points": 11}})).policy_version
    assert before != tuned
    assert open_hook(RiskPolicy(deny=110)).policy_version != before
    assert open_hook(RiskPolicy()).policy_version == before


@pytest.mark.parametrize("changes", [{"no_such": {"points": 1}}, {"odd_hour": {"moon": 1}}])
def test_misspelled_tuning_is_an_error(changes: dict[str, dict[str, float]]) -> None:
    with pytest.raises(SettingsError, match="no"):
        load_rules(changes, Thresholds())


@pytest.mark.parametrize("policy", [{"deny": 116}, {"rules": {"new_device": {"points": 1}}}])
def test_threshold_that_nothing_reaches_is_an_error(policy: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="none would ever be refused"):
        open_hook(RiskPolicy(**policy))


@pytest.mark.parametrize("hook", ["nowhere:hook", "oidc_auth.rules:nothing", "oidc_auth.rules"])
def test_hook_that_is_not_there_is_an_error(hook: str) -> None:
    with pytest.raises(SettingsError, match="risk hook"):
        open_risk(RiskPolicy(hook=hook))


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder of rules, with one more file in it."""
    (tmp_path / "lobby.py").write_text(OWN_RULE)
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    yield
    sys.modules.pop("oidc_auth.rules.lobby", None)


@pytest.mark.usefixtures("own_rules")
async def test_rule_of_your_own_counts() -> None:
    lobby = replace(SIGN_IN, device=replace(LAPTOP, network="lobby"))
    verdict = await judged(lobby)
    assert verdict.decision == "deny"
    assert "lobby" in verdict.reasons
    tuned = RiskPolicy(rules={"lobby": {"floor": 1}})
    assert "lobby" not in (await open_hook(tuned).assess(lobby)).reasons
