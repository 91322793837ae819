"""When to tell a person: pairs of windows and burn rates per severity (SRE workbook, chapter 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from slo.objectives import Objective, SloError


@dataclass(frozen=True)
class Tier:
    """Fires while both windows burn the budget at least ``burn`` times as fast as it lasts.

    Attributes:
        spent: share of the budget that is gone by then.
    """

    long: str
    short: str
    burn: float
    spent: float


def tiers_of(objective: Objective) -> Mapping[str, tuple[Tier, ...]]:
    """Return severity → tiers for the objective's window.

    Raises:
        SloError: the window has no profile, or a threshold is an error rate that can't be exceeded.
    """
    profile = profiles().get(objective.window)
    if profile is None:
        known = ", ".join(profiles())
        raise SloError(
            f"{objective.name}: no burn rates for {objective.window}; there are: {known}."
        )
    for tier in (tier for tiers in profile.values() for tier in tiers):
        if tier.burn * objective.budget >= 1:
            raise SloError(
                f"{objective.name}: {tier.burn} * {objective.budget} is an error rate "
                f"of 1 or more, so the alert over {tier.long} could never fire: "
                f"raise the target above {1 - 1 / tier.burn:.4f}."
            )
    return profile


@cache
def profiles() -> Mapping[str, Mapping[str, tuple[Tier, ...]]]:
    """Return window → severity → tiers."""
    data = yaml.safe_load(files("slo").joinpath("burn_rates.yaml").read_text(encoding="utf-8"))
    return {
        window: {severity: tuple(Tier(**tier) for tier in tiers) for severity, tiers in by.items()}
        for window, by in data.items()
    }
