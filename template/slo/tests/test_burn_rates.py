"""Alerts use the published burn rates, and never a threshold that can't be reached."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.burn_rates import profiles, tiers_of
from slo.objectives import Objective, SloError

# covers R-0602

_HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0}


def _hours(window: str) -> float:
    return int(window[:-1]) * _HOURS[window[-1]]


def test_tiers_of_thirty_days_are_the_workbooks(objective: Objective) -> None:
    tiers = tiers_of(objective)
    assert [(t.long, t.short, t.burn) for t in tiers["page"]] == [
        ("1h", "5m", 14.4),
        ("6h", "30m", 6),
    ]
    assert [(t.long, t.short, t.burn) for t in tiers["ticket"]] == [
        ("1d", "2h", 3),
        ("3d", "6h", 1),
    ]


@pytest.mark.parametrize("window", profiles())
def test_profiles_burn_rates_follow_from_the_budget_spent(window: str) -> None:
    for tier in (tier for tiers in profiles()[window].values() for tier in tiers):
        expected = tier.spent * _hours(window) / _hours(tier.long)
        assert tier.burn == pytest.approx(expected, rel=1e-3)
        assert _hours(tier.long) == pytest.approx(12 * _hours(tier.short))


def test_tiers_of_refuses_a_window_without_a_profile(objective: Objective) -> None:
    with pytest.raises(SloError, match="no burn rates for 90d; there are: 30d, 28d, 7d"):
        tiers_of(replace(objective, window="90d"))


def test_tiers_of_refuses_a_threshold_above_every_error_rate(objective: Objective) -> None:
    with pytest.raises(SloError, match=r"could never fire: raise the target above 0\.9306"):
        tiers_of(replace(objective, target=0.93))


@given(target=st.floats(min_value=0.931, max_value=0.99999))
def test_tiers_of_accepts_every_target_that_leaves_room(target: float) -> None:
    objective = Objective("n", "t", "d", "s", "e", True, "t", target, "30d", "A")
    assert all(t.burn * objective.budget < 1 for ts in tiers_of(objective).values() for t in ts)
