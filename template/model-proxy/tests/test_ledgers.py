"""Replicas that share a store count together; one that can't reach it counts its own share."""

# covers R-0210

import asyncio
from typing import Any

import pytest

from model_proxy import shared_ledger
from model_proxy.budgets import Budgets, Waste
from model_proxy.errors import OverloadedError, TokenBudgetError
from model_proxy.ledgers import AWAY_S, Ledger
from model_proxy.rates import Rate
from model_proxy.wire import Usage
from runtime.caches import CacheUnavailableError
from runtime.caches.memory import MemoryCache

LINES = {"features": {"answer": {"tokens": 100}}, "tenants": {"default": {"tokens": 60}}}


class Clock:
    """Seconds since the epoch; the test moves them."""

    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


class SharedCache(MemoryCache):
    """Stands for a store that several processes see; it can be cut off, and counts who asks."""

    is_shared = True
    is_away = False
    asked = 0

    async def claim(self, claims: Any) -> Any:
        self._ask()
        return await super().claim(claims)

    async def correct(self, key: str, amount: int) -> None:
        self._ask()
        await super().correct(key, amount)

    async def take(self, request: Any, *, now: float) -> Any:
        self._ask()
        return await super().take(request, now=now)

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise CacheUnavailableError("It is away.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(clock: Clock) -> SharedCache:
    return SharedCache(clock=clock)


def ledger(clock: Clock, **given: Any) -> Ledger:
    return Ledger(Budgets.model_validate({**LINES, **given}), clock=clock, share=2)


async def test_ledgers_that_share_a_store_count_together(cache: SharedCache, clock: Clock) -> None:
    one, two = ledger(clock), ledger(clock)
    async with one.sharing(cache), two.sharing(cache):
        await one.reserve("answer", "acme", 60)
        with pytest.raises(TokenBudgetError, match=r"tenant 'acme' has 0 of its 60 tokens") as told:
            await two.reserve("answer", "acme", 1)
        await two.reserve("answer", "other", 40)
        with pytest.raises(TokenBudgetError, match=r"feature 'answer' has 0 of its 100 tokens"):
            await one.reserve("answer", "third", 1)
    assert told.value.retry_after_s == 86_400 - 1_000_000_000 % 86_400


async def test_ledger_settles_in_the_store_and_at_the_end_too(
    cache: SharedCache, clock: Clock
) -> None:
    one, two = ledger(clock), ledger(clock)
    async with two.sharing(cache):
        async with one.sharing(cache):
            reservation = await one.reserve("answer", "acme", 60)
            reservation.wasted.append(Waste("another", Usage(2, 3, 5)))
            reservation.settle(10)
            reservation.settle(10)
        await two.reserve("answer", "acme", 45)
        with pytest.raises(TokenBudgetError):
            await two.reserve("answer", "acme", 1)


async def test_ledger_begins_anew_with_the_window_and_late_settlements_leave_it_alone(
    cache: SharedCache, clock: Clock
) -> None:
    counts = ledger(clock, features={"answer": {"tokens": 100, "per": "minute"}})
    async with counts.sharing(cache):
        old = await counts.reserve("answer", "", 100)
        clock.now += 60
        await counts.reserve("answer", "", 80)
        old.settle(0)
    async with counts.sharing(cache):
        await counts.reserve("answer", "", 20)
        with pytest.raises(TokenBudgetError):
            await counts.reserve("answer", "", 1)


async def test_ledger_without_its_store_counts_its_own_share_and_asks_again_later(
    cache: SharedCache, clock: Clock
) -> None:
    counts = ledger(clock, tenants={})
    async with counts.sharing(cache):
        cache.is_away = True
        await counts.reserve("answer", "", 50)
        with pytest.raises(TokenBudgetError, match="has 0 of its 50 tokens"):
            await counts.reserve("answer", "", 1)
        assert cache.asked == 1
        cache.is_away = False
        clock.now += AWAY_S
        await counts.reserve("answer", "", 100)
        assert cache.asked == 2


async def test_ledger_keeps_what_was_set_aside_when_it_cannot_settle(
    cache: SharedCache, clock: Clock
) -> None:
    counts = ledger(clock, tenants={})
    async with counts.sharing(cache):
        reservation = await counts.reserve("answer", "", 90)
        cache.is_away = True
        reservation.settle(10)
    cache.is_away = False
    async with counts.sharing(cache):
        with pytest.raises(TokenBudgetError, match="has 10 of its 100"):
            await counts.reserve("answer", "", 11)


async def test_ledger_without_lines_asks_nobody(cache: SharedCache, clock: Clock) -> None:
    counts = ledger(clock, features={}, tenants={})
    async with counts.sharing(cache):
        (await counts.reserve("answer", "acme", 10**9)).settle(1)
    assert cache.asked == 0


async def test_cache_of_one_process_is_not_asked(clock: Clock) -> None:
    one = ledger(clock)
    async with one.sharing(MemoryCache()):
        with pytest.raises(TokenBudgetError, match="has 30 of its 30 tokens"):
            await one.reserve("answer", "acme", 31)


async def test_ledger_ends_although_its_store_does_not_answer(
    cache: SharedCache, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_key: str, _amount: int) -> None:
        await never.wait()

    never = asyncio.Event()
    monkeypatch.setattr(shared_ledger, "GRACE_S", 0.0)
    monkeypatch.setattr(cache, "correct", hang)
    counts = ledger(clock)
    async with counts.sharing(cache):
        (await counts.reserve("answer", "", 10)).settle(5)


async def test_rates_that_share_a_store_fill_one_bucket(cache: SharedCache, clock: Clock) -> None:
    # covers R-0209
    one, two = (Rate(per_s=0.5, burst=3, clock=clock) for _ in range(2))
    async with one.sharing(cache), two.sharing(cache):
        for rate in (one, two, one):
            await rate.take("key")
        with pytest.raises(OverloadedError) as told:
            await two.take("key")
        assert told.value.retry_after_s == 2
        await two.take("another")
        clock.now += 2
        await two.take("key")


async def test_rate_without_its_store_keeps_a_bucket_of_its_own(
    cache: SharedCache, clock: Clock
) -> None:
    rate = Rate(per_s=1, burst=1, clock=clock)
    async with rate.sharing(cache):
        cache.is_away = True
        await rate.take("key")
        with pytest.raises(OverloadedError):
            await rate.take("key")


async def test_rate_without_a_limit_asks_nobody(cache: SharedCache) -> None:
    rate = Rate(per_s=0, burst=1)
    async with rate.sharing(cache):
        for _ in range(10):
            await rate.take("key")
    assert cache.asked == 0
