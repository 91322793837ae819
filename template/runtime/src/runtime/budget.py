"""The time a request may still take, handed on at every hop, so that nobody works for nothing.

Budgets are p95 targets in milliseconds; the hard limit of a call is 1.2 times what remains.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ClassVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.errors import ServiceError

HEADER = "X-Latency-Budget-Ms"
HARD_LIMIT = 1.2

Clock = Callable[[], float]


class BudgetExhaustedError(ServiceError):
    """The answer would come too late to be of use; the work was not begun."""

    code, status, title = "budget_exhausted", 503, "Not enough time left"

    @property
    def headers(self) -> dict[str, str]:
        """The next attempt has a budget of its own."""
        return {"Retry-After": "1"}


@dataclass(frozen=True)
class Deadline:
    """When the request should be answered, on this process's clock (seconds)."""

    at: float
    clock: Clock = field(default=time.monotonic, repr=False, compare=False)

    @classmethod
    def after_ms(cls, budget_ms: float, *, clock: Clock = time.monotonic) -> "Deadline":
        """Return the deadline of a budget that starts now."""
        return cls(clock() + budget_ms / 1000, clock)

    @property
    def remaining_ms(self) -> float:
        """Milliseconds left; 0 when it has passed."""
        return max(0.0, (self.at - self.clock()) * 1000)

    @property
    def hard_timeout_s(self) -> float:
        """Seconds after which a call made now must be given up."""
        return HARD_LIMIT * self.remaining_ms / 1000

    def require(self, needed_ms: float) -> None:
        """Refuse work that can't be done in time.

        Raises:
            BudgetExhaustedError: less than ``needed_ms`` is left.
        """
        if self.remaining_ms < needed_ms:
            raise BudgetExhaustedError(
                f"{self.remaining_ms:.0f} ms are left and {needed_ms:.0f} ms are needed; try again."
            )


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def budget_headers() -> dict[str, str]:
    """Return the header that hands the remaining budget to the next hop."""
    deadline = _current.get()
    return {} if deadline is None else {HEADER: str(int(deadline.remaining_ms))}


class BudgetMiddleware:
    """Starts the request's deadline, and sheds a request that can't be answered in time.

    Args:
        app: what is served; problems must be handled outside of this.
        budget_ms: of a request that brings none, and the most that one may bring.
        needed_ms: what this service needs at least.
        clock: seconds, monotonic.
    """

    exempt: ClassVar[frozenset[str]] = frozenset({"/health", "/ready"})

    def __init__(
        self,
        app: ASGIApp,
        *,
        budget_ms: float,
        needed_ms: float = 1.0,
        clock: Clock = time.monotonic,
    ) -> None:
        self.app = app
        self.budget_ms = budget_ms
        self.needed_ms = needed_ms
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within its budget."""
        if scope["type"] != "http" or scope["path"] in self.exempt:
            await self.app(scope, receive, send)
            return
        given = parse_budget(Headers(scope=scope).get(HEADER))
        budget_ms = self.budget_ms if given is None else min(given, self.budget_ms)
        deadline = Deadline.after_ms(budget_ms, clock=self.clock)
        deadline.require(self.needed_ms)
        token = _current.set(deadline)
        try:
            await self.app(scope, receive, send)
        finally:
            _current.reset(token)


def parse_budget(value: str | None) -> int | None:
    """Return the header's whole milliseconds; None where it is missing or no such number."""
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
