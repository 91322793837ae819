"""Where tokens are counted: for all processes together where they share a store, else for each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from model_proxy.budgets import Budgets, Clock, ProcessLedger, Reservation
from model_proxy.shared_ledger import SharedLedger
from runtime.caches import Cache, CacheUnavailableError
from runtime.logs import logger

AWAY_S = 5.0
"""How long a store that did not answer is left alone."""


class Ledger:
    """Sets tokens aside before a call.

    While the shared store does not answer, each process counts its own share of every line, so that
    an outage neither stops the product nor lifts the limits.
    """

    def __init__(self, budgets: Budgets, *, clock: Clock, share: int = 1) -> None:
        """``share`` is the number of processes that divide the lines when they share no store."""
        self._budgets = budgets
        self._clock = clock
        self._own = ProcessLedger(budgets, clock=clock, share=share)
        self._shared: SharedLedger | None = None
        self._away_until = 0.0

    async def reserve(self, use_case: str, tenant: str, tokens: int) -> Reservation:
        """Set tokens aside for a call.

        Raises:
            TokenBudgetError: the feature or the tenant has not so many left in this window.
        """
        if self._shared is not None and self._clock() >= self._away_until:
            try:
                return await self._shared.reserve(use_case, tenant, tokens)
            except CacheUnavailableError:
                self._away_until = self._clock() + AWAY_S
                logger(__name__).warning("budgets_counted_alone", seconds=AWAY_S)
        return self._own.reserve(use_case, tenant, tokens)

    @asynccontextmanager
    async def sharing(self, cache: Cache) -> AsyncIterator[None]:
        """Count in the cache while the context is open, if all processes see the same one."""
        if not cache.is_shared:
            yield
            return
        async with SharedLedger(self._budgets, cache, clock=self._clock).running() as shared:
            self._shared = shared
            try:
                yield
            finally:
                self._shared = None
