"""Holds what a run measured against the service levels; the limits are those of ``slo/``."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slo.objectives import Objective, load_objectives

API, FIRST_TOKEN, ASK = "api", "first token", "ask"

# Which objective judges which part of a run.
JUDGED = {
    "api-availability": API,
    "api-latency": API,
    "ask-availability": ASK,
    "ask-first-token": FIRST_TOKEN,
}


@dataclass(frozen=True)
class Figures:
    """What a run measured of one kind of request.

    Attributes:
        percentile_s: the time within which a share of the requests (0 to 1) was answered.
    """

    kind: str
    requests: int
    failures: int
    percentile_s: Callable[[float], float]


def load_limits(root: Path) -> list[Objective]:
    """Return the objectives that a load run can judge."""
    return [o for o in load_objectives(root / "slo") if o.name in JUDGED]


def find_violations(measured: Iterable[Figures], limits: Sequence[Objective]) -> list[str]:
    """Return one sentence per missed objective; a kind that was never measured is a miss."""
    by_kind = {figures.kind: figures for figures in measured}
    found = (_violation(by_kind.get(JUDGED[limit.name]), limit) for limit in limits)
    return [violation for violation in found if violation]


def _violation(figures: Figures | None, limit: Objective) -> str | None:
    if figures is None or not figures.requests:
        return f"{limit.name}: nothing was measured."
    if limit.bound_s is not None:
        return _lateness(figures, limit, limit.bound_s)
    share = figures.failures / figures.requests
    if share <= limit.budget:
        return None
    return f"{limit.name}: {share:.2%} of {figures.requests} failed; {limit.budget:.2%} may."


def _lateness(figures: Figures, limit: Objective, bound_s: float) -> str | None:
    reached_s = figures.percentile_s(limit.target)
    if reached_s <= bound_s:
        return None
    return f"{limit.name}: {limit.target:.0%} took up to {reached_s:.3f} s; {bound_s:g} s may pass."
