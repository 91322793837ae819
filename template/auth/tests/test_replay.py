"""What may be used once, whoever keeps the memory. covers R-0402."""

import asyncio
from typing import Any

import pytest

from oidc_auth.replay import PostgresReplays, Replays, SharedCacheReplays, open_replays
from runtime.caches.memory import MemoryCache
from runtime.database import Database


@pytest.fixture(params=["database", "cache"])
def replays(request: pytest.FixtureRequest, database: Database, clock: Any) -> Replays:
    if request.param == "database":
        return PostgresReplays(database, clock)
    return SharedCacheReplays(MemoryCache(clock=clock))


async def test_claim_succeeds_once(replays: Replays) -> None:
    assert await replays.claim("one", ttl_s=60)
    assert not await replays.claim("one", ttl_s=60)
    assert await replays.claim("two", ttl_s=60)


async def test_claim_is_won_by_one_of_many(replays: Replays) -> None:
    won = await asyncio.gather(*(replays.claim("many", ttl_s=60) for _ in range(50)))
    assert won.count(True) == 1


async def test_claim_succeeds_again_when_the_time_is_up(replays: Replays, clock: Any) -> None:
    assert await replays.claim("late", ttl_s=60)
    clock.now += 61
    assert await replays.claim("late", ttl_s=60)
    assert not await replays.claim("late", ttl_s=60)


async def test_claims_of_two_processes_exclude_each_other(database: Database, clock: Any) -> None:
    processes = [PostgresReplays(database, clock) for _ in range(4)]
    keys = [f"key-{number}" for number in range(25)]
    claims = [process.claim(key, ttl_s=60) for key in keys for process in processes]
    assert (await asyncio.gather(*claims)).count(True) == len(keys)


def test_memory_that_nobody_shares_is_not_used(database: Database, clock: Any) -> None:
    cache = MemoryCache()
    assert isinstance(open_replays(database, cache, clock), PostgresReplays)
    cache.is_shared = True
    assert isinstance(open_replays(database, cache, clock), SharedCacheReplays)
