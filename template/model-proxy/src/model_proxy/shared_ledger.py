"""Token counts in a store that all processes share: one atomic step before a call, one after it.

A count's key has the end of its window, so that a new window begins by itself and a late settlement
finds nothing to change.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Self

from model_proxy.budgets import (
    Allowance,
    Budgets,
    Clock,
    Reservation,
    allowance_of,
    end_of_window,
    refusal,
)
from runtime.caches import Cache, CacheUnavailableError, Claim
from runtime.logs import logger

LATE_S = 3600.0
"""How long a count is kept after its window, for calls that end late."""
GRACE_S = 5.0
"""How long the last differences may take at the end."""
# All counts in one slot of a cluster: a call's feature and tenant change together.
_PREFIX = "{tokens}"


@dataclass(frozen=True)
class Line:
    """Whose tokens are counted, and how many there are."""

    noun: str
    name: str
    allowance: Allowance

    def claim(self, tokens: int, now: float) -> Claim:
        """Return what a call sets aside."""
        ends_at = end_of_window(self.allowance, now)
        key = f"{_PREFIX}:{self.noun}:{self.name}:{ends_at:.0f}"
        return Claim(key, tokens, self.allowance.tokens, ends_at - now + LATE_S)


class SharedLedger:
    """Counts in a cache; ``running`` books what calls really used."""

    def __init__(self, budgets: Budgets, cache: Cache, *, clock: Clock) -> None:
        self._budgets = budgets
        self._cache = cache
        self._clock = clock
        self._differences: asyncio.Queue[tuple[str, int]] = asyncio.Queue()

    async def reserve(self, use_case: str, tenant: str, tokens: int) -> Reservation:
        """Set tokens aside for a call.

        Raises:
            TokenBudgetError: the feature or the tenant has not so many left in this window.
            CacheUnavailableError: nobody can tell.
        """
        now = self._clock()
        lines = list(self._lines_of(use_case, tenant))
        claims = [line.claim(tokens, now) for line in lines]
        refused = await self._cache.claim(claims) if claims else None
        if refused is None:
            return Reservation(tokens, partial(self._correct, [claim.key for claim in claims]))
        line = lines[claims.index(refused.claim)]
        raise refusal(line.noun, line.name, line.allowance, refused.counted, tokens, now)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Book differences while the context is open, and what is left at its end."""
        booking = asyncio.create_task(self._book())
        try:
            yield self
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await self._differences.join()
            booking.cancel()
            await asyncio.gather(booking, return_exceptions=True)

    def _lines_of(self, use_case: str, tenant: str) -> Iterator["Line"]:
        if allowance := allowance_of(self._budgets.features, use_case):
            yield Line("feature", use_case, allowance)
        if tenant and (allowance := allowance_of(self._budgets.tenants, tenant)):
            yield Line("tenant", tenant, allowance)

    def _correct(self, keys: list[str], difference: int) -> None:
        for key in keys:
            self._differences.put_nowait((key, difference))

    async def _book(self) -> None:
        while True:
            key, difference = await self._differences.get()
            try:
                await self._cache.correct(key, difference)
            except CacheUnavailableError:
                # What was set aside stays counted; it is the careful estimate.
                logger(__name__).warning("tokens_not_settled", key=key, difference=difference)
            finally:
                self._differences.task_done()
