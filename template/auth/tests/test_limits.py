"""Limits that hold over all processes. covers R-0404."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from oidc_auth.limits import (
    Limit,
    LimitedError,
    Limits,
    PostgresBuckets,
    SharedCacheBuckets,
    open_limits,
)
from runtime.caches import CacheUnavailableError, Granted, TokenRequest
from runtime.caches.memory import MemoryCache
from runtime.database import Database
from runtime.errors import TooManyRequestsError

FEW = Limit("few", per_s=0.5, burst=3)
MANY = Limit("many", per_s=10, burst=100)


async def spend(limits: Limits, limit: Limit, key: str, times: int) -> int:
    """Take as many tokens as there are, up to ``times``."""
    for taken in range(times):
        try:
            await limits.take(limit, key)
        except TooManyRequestsError:
            return taken
    return times


@pytest.fixture
def limits(database: Database, clock: Any) -> Limits:
    return Limits(PostgresBuckets(database, clock), clock)


async def test_limit_allows_a_burst_then_the_average(limits: Limits, clock: Any) -> None:
    assert await spend(limits, FEW, "ada", 10) == 3
    with pytest.raises(TooManyRequestsError) as caught:
        await limits.take(FEW, "ada")
    assert caught.value.headers == {"Retry-After": "2"}
    clock.now += 2
    assert await spend(limits, FEW, "ada", 10) == 1


async def test_limits_keep_keys_and_names_apart(limits: Limits) -> None:
    assert await spend(limits, FEW, "eve", 10) == 3
    assert await spend(limits, FEW, "bob", 10) == 3
    assert await spend(limits, Limit("other", per_s=1, burst=2), "eve", 10) == 2


async def test_processes_share_a_limit(database: Database, clock: Any) -> None:
    processes = [Limits(PostgresBuckets(database, clock), clock) for _ in range(4)]
    spent = await asyncio.gather(*(spend(one, MANY, "shared", 100) for one in processes))
    # What a process leased and did not spend is lost: never more, at most a lease each less.
    assert 100 - len(processes) * MANY.lease <= sum(spent) <= 100


async def test_busy_key_asks_once_per_lease(clock: Any) -> None:
    counting = Counting(clock)
    assert await spend(Limits(counting, clock), MANY, "busy", 100) == 100
    assert counting.asked == 100 / MANY.lease


async def test_requests_at_once_share_their_leases(clock: Any) -> None:
    """A page that asks for twenty things begins with one lease, not with twenty."""
    counting = Counting(clock)
    limits = Limits(counting, clock)
    await asyncio.gather(*(limits.take(MANY, "page") for _ in range(60)))
    assert counting.asked == 60 / MANY.lease
    assert await spend(limits, MANY, "page", 100) == 40


async def test_refusals_at_once_are_news_once(clock: Any) -> None:
    limits = Limits(SharedCacheBuckets(MemoryCache(), clock), clock)
    asked = [limits.take(FEW, "eve") for _ in range(10)]
    refused = [r for r in await asyncio.gather(*asked, return_exceptions=True) if r]
    assert len(refused) == 7
    assert [r.is_news for r in refused if isinstance(r, LimitedError)].count(True) == 1


async def test_refused_key_does_not_ask_again_before_its_time(clock: Any) -> None:
    counting = Counting(clock)
    limits = Limits(counting, clock)
    await spend(limits, FEW, "eve", 4)
    asked = counting.asked
    for _ in range(50):
        with pytest.raises(TooManyRequestsError):
            await limits.take(FEW, "eve")
    assert counting.asked == asked


async def test_limits_hold_while_nobody_can_be_asked(clock: Any) -> None:
    limits = Limits(Broken(), clock)
    assert await spend(limits, FEW, "ada", 10) == 3
    clock.now += 2
    assert await spend(limits, FEW, "ada", 10) == 1


async def test_database_that_is_away_does_not_lift_limits(clock: Any) -> None:
    gone = Database(create_async_engine("postgresql+psycopg://app@127.0.0.1:1/app"))
    assert await spend(Limits(PostgresBuckets(gone, clock), clock), FEW, "ada", 10) == 3


async def test_full_buckets_are_forgotten(database: Database, clock: Any) -> None:
    buckets = PostgresBuckets(database, clock)
    await buckets.take(TokenRequest("old", wanted=1, per_s=1, burst=1))
    clock.now += 61
    await buckets.take(TokenRequest("new", wanted=1, per_s=1, burst=1))
    async with database.session() as session:
        assert list(await session.scalars(text("SELECT key FROM limit_buckets"))) == ["new"]


def test_memory_that_nobody_shares_is_not_used(database: Database, clock: Any) -> None:
    cache = MemoryCache()
    assert isinstance(open_limits(database, cache, clock)._buckets, PostgresBuckets)
    cache.is_shared = True
    assert isinstance(open_limits(database, cache, clock)._buckets, SharedCacheBuckets)


class Counting(SharedCacheBuckets):
    """Counts how often it is asked."""

    def __init__(self, clock: Any) -> None:
        super().__init__(MemoryCache(), clock)
        self.asked = 0

    async def take(self, request: TokenRequest) -> Granted:
        self.asked += 1
        return await super().take(request)


class Broken:
    """Never answers."""

    async def take(self, request: TokenRequest) -> Granted:
        raise CacheUnavailableError("down")
