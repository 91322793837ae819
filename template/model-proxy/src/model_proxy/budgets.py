"""Token budgets per feature and per tenant: reserved before a call, settled after it.

A reservation is an estimate (the prompt's size and the longest answer), so that a hundred requests
at once can't all pass through the last gap. What was really used replaces it, also when a stream is
cut or an answer is thrown away. Windows follow the UTC clock, so that everybody knows when a new
one begins.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from model_proxy.errors import TokenBudgetError
from model_proxy.registry import SCHEMA_ID, Entry
from model_proxy.sources import read_source
from model_proxy.wire import Usage

EVERYBODY = "default"
MOST_COUNTED = 50_000
"""How many tenants are counted apart; further ones share one count (memory has an end)."""
WINDOWS_S = {"minute": 60, "hour": 3600, "day": 86_400}

Clock = Callable[[], float]


class Allowance(Entry):
    """How many tokens (read and written) may be used in a window."""

    tokens: Annotated[int, Field(ge=0)]
    per: Literal["minute", "hour", "day"] = "day"


class Budgets(Entry):
    """The whole file; ``default`` speaks for everybody that has no line of its own."""

    features: dict[str, Allowance]
    """By use case, as callers say in X-Use-Case."""
    tenants: dict[str, Allowance]
    """By tenant, as callers say in X-Tenant-Id."""


class Count:
    """What one name has used in the present window, reservations included."""

    __slots__ = ("allowance", "ends_at", "used")

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self.ends_at = 0.0
        self.used = 0

    def roll(self, now: float) -> None:
        """Begin a new window when the present one is over."""
        if now >= self.ends_at:
            self.ends_at = end_of_window(self.allowance, now)
            self.used = 0

    def has_room(self, tokens: int) -> bool:
        """Say whether so many tokens may be used; the first call over the end is refused whole."""
        return self.used + tokens <= self.allowance.tokens


def _nowhere(_difference: int) -> None:
    pass


@dataclass(frozen=True)
class Waste:
    """What an answer used that nobody got to see."""

    model: str
    usage: Usage
    cost_usd: float = 0.0


@dataclass
class Reservation:
    """Tokens set aside for one call; ``settle`` puts what was used in their place, once.

    Attributes:
        tokens: how many.
        correct: books the difference where they are counted.
        wasted: the answers that were thrown away; their tokens are paid for too.
    """

    tokens: int = 0
    correct: Callable[[int], None] = _nowhere
    wasted: list[Waste] = field(default_factory=list)
    is_settled: bool = field(default=False, init=False)

    def settle(self, used: int) -> None:
        """Give back what was not used; a window that has ended since is left alone."""
        if not self.is_settled:
            self.is_settled = True
            wasted = sum(waste.usage.total_tokens for waste in self.wasted)
            self.correct(used + wasted - self.tokens)


class ProcessLedger:
    """Counts in this process's memory: a comparison and an addition per call, no I/O."""

    def __init__(self, budgets: Budgets, *, clock: Clock = time.time, share: int = 1) -> None:
        """``share`` is the number of processes that divide the allowances between them."""
        self._clock = clock
        self._features = _Counts("feature", _divided(budgets.features, share))
        self._tenants = _Counts("tenant", _divided(budgets.tenants, share))

    def reserve(self, use_case: str, tenant: str, tokens: int) -> Reservation:
        """Set tokens aside for a call.

        Raises:
            TokenBudgetError: the feature or the tenant has not so many left in this window.
        """
        now = self._clock()
        counts = self._features.roomy(use_case, tokens, now)
        if tenant:
            counts = (*counts, *self._tenants.roomy(tenant, tokens, now))
        for count in counts:
            count.used += tokens
        opened = tuple((count, count.ends_at) for count in counts)
        return Reservation(tokens, partial(_correct, opened))

    def used(self) -> Mapping[str, int]:
        """Return what each feature has used in its window (tenants are too many to show)."""
        return {name: count.used for name, count in self._features.counts.items()}


class _Counts:
    def __init__(self, noun: str, allowances: Mapping[str, Allowance]) -> None:
        self._noun = noun
        self._allowances = allowances
        self.counts: dict[str, Count] = {}

    def roomy(self, name: str, tokens: int, now: float) -> tuple[Count, ...]:
        count = self.counts.get(name) or self._open(name)
        if count is None:
            return ()
        count.roll(now)
        if not count.has_room(tokens):
            raise refusal(self._noun, name, count.allowance, count.used, tokens, now)
        return (count,)

    def _open(self, name: str) -> Count | None:
        allowance = allowance_of(self._allowances, name)
        if allowance is None:
            return None
        if len(self.counts) >= MOST_COUNTED and name not in self._allowances:
            return self.counts.setdefault("", Count(allowance))
        return self.counts.setdefault(name, Count(allowance))


def allowance_of(allowances: Mapping[str, Allowance], name: str) -> Allowance | None:
    """Return a name's own line, or everybody's, if there is one."""
    return allowances.get(name) or allowances.get(EVERYBODY)


def end_of_window(allowance: Allowance, now: float) -> float:
    """Return when the present window ends, in seconds since the epoch."""
    window_s = WINDOWS_S[allowance.per]
    return (now // window_s + 1) * window_s


def refusal(
    noun: str, name: str, allowance: Allowance, used: int, tokens: int, now: float
) -> TokenBudgetError:
    """Return what a call over the end is told."""
    left = max(0, allowance.tokens - used)
    return TokenBudgetError(
        f"The {noun} {name!r} has {left} of its {allowance.tokens} tokens per {allowance.per} "
        f"left and this call may need {tokens}: shorten it, wait for the next {allowance.per}, or "
        "raise the line in models/budgets.yaml.",
        retry_after_s=max(1, int(end_of_window(allowance, now) - now)),
    )


def load_budgets(folder: Path) -> Budgets:
    """Read ``budgets.yaml``; without one nothing is limited."""
    path = folder / "budgets.yaml"
    return read_source(path).parse(Budgets) if path.exists() else Budgets(features={}, tenants={})


def budgets_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file; ``contracts/models/budgets.json`` holds it."""
    return {"$schema": SCHEMA_ID, **Budgets.model_json_schema()}


def _divided(allowances: Mapping[str, Allowance], share: int) -> dict[str, Allowance]:
    return {
        name: Allowance(tokens=allowance.tokens // share, per=allowance.per)
        for name, allowance in allowances.items()
    }


def _correct(counts: tuple[tuple[Count, float], ...], difference: int) -> None:
    for count, ends_at in counts:
        if count.ends_at == ends_at:
            count.used = max(0, count.used + difference)
