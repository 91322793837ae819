"""What a stronger sign-in is, and what only claims to be one. covers R-0304, R-0402."""

import pytest

from oidc_auth.errors import SignInError, StepUpNeededError
from oidc_auth.stepup import (
    MULTI_FACTOR,
    Assurance,
    Requirement,
    standard_request,
)

NOW = 1_800_000_000.0
NEEDED = Requirement((MULTI_FACTOR, "phr"), max_age_s=900)
STRONG = Assurance(MULTI_FACTOR, NOW - 60)


def test_fresh_second_factor_is_enough() -> None:
    NEEDED.check_session(STRONG, now=NOW)
    NEEDED.check_answer(STRONG, now=NOW, leeway_s=0)


@pytest.mark.parametrize(
    "assurance",
    [
        Assurance(),
        Assurance(MULTI_FACTOR, None),
        Assurance("urn:other", NOW),
        Assurance(MULTI_FACTOR, NOW - 901),
        Assurance(MULTI_FACTOR, NOW + 3600),
    ],
)
def test_session_that_is_weak_or_old_is_told_what_is_needed(assurance: Assurance) -> None:
    with pytest.raises(StepUpNeededError) as caught:
        NEEDED.check_session(assurance, now=NOW)
    challenge = caught.value.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication"')
    assert f'acr_values="{MULTI_FACTOR} phr"' in challenge
    assert 'max_age="900"' in challenge


@pytest.mark.parametrize(
    ("assurance", "reason"),
    [
        (Assurance(None, NOW), "acr_insufficient"),
        (Assurance("0", NOW), "acr_insufficient"),
        (Assurance(MULTI_FACTOR, None), "auth_time_too_old"),
        (Assurance(MULTI_FACTOR, NOW - 931), "auth_time_too_old"),
    ],
)
def test_acr_downgrade(assurance: Assurance, reason: str) -> None:
    with pytest.raises(SignInError) as caught:
        NEEDED.check_answer(assurance, now=NOW, leeway_s=30)
    assert caught.value.reason == reason


def test_claims_request_is_essential() -> None:
    wanted = standard_request(("a", "b"))["id_token"]
    assert wanted["acr"] == {"essential": True, "values": ["a", "b"]}
    assert wanted["auth_time"] == {"essential": True}
    assert standard_request(())["id_token"]["acr"] is None
