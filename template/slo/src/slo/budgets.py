"""Latency budgets per hop, in milliseconds, from ``budgets.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from slo.objectives import SloError


@dataclass(frozen=True)
class Budgets:
    """How long a request may take as a whole, and which part of it each hop may use at its P95."""

    p50: float
    p95: float
    p99: float
    hard_timeout_factor: float
    hops: Mapping[str, float]

    @property
    def hard_timeout(self) -> float:
        """Milliseconds after which nothing of a request runs any more."""
        return self.p99 * self.hard_timeout_factor


def load_budgets(path: Path) -> Budgets:
    """Return the budgets.

    Raises:
        SloError: the quantiles don't grow, or the hops need more than the request's P95.
    """
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    budgets = Budgets(
        **data["request"], hard_timeout_factor=data["hard_timeout_factor"], hops=data["hops"]
    )
    if not budgets.p50 < budgets.p95 < budgets.p99:
        raise SloError(f"{path}: p50, p95 and p99 have to grow.")
    if sum(budgets.hops.values()) > budgets.p95:
        raise SloError(f"{path}: the hops need {sum(budgets.hops.values())} of {budgets.p95} ms.")
    return budgets
