"""What every cache does: the same suite for each adapter that this repo has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from runtime.adapters import adapters
from runtime.caches import Cache, Claim, Refused, TokenRequest, open_cache
from runtime.product import read_product_file
from runtime.settings import RuntimeSettings

LONG_S = 60.0
SHORT_S = 0.02


@pytest_asyncio.fixture(params=adapters("caches"))
async def cache(
    request: pytest.FixtureRequest, use: Callable[..., RuntimeSettings]
) -> AsyncIterator[Cache]:
    opened = await open_cache(use(cache=request.param))
    yield opened
    await opened.close()


@pytest.fixture
def key() -> str:
    return uuid4().hex


def test_repo_has_its_own_cache_and_one_in_memory() -> None:
    assert {"memory", read_product_file()["adapters"]["cache"]} <= set(adapters("caches"))


async def test_cache_returns_the_bytes_that_were_set(cache: Cache, key: str) -> None:
    await cache.set(key, b"\x00\xff", ttl_s=LONG_S)
    assert await cache.get(key) == b"\x00\xff"
    assert await cache.get(f"{key}-other") is None


async def test_cache_forgets_when_the_time_is_up(cache: Cache, key: str) -> None:
    await cache.set(key, b"1", ttl_s=SHORT_S)
    await asyncio.sleep(SHORT_S * 2)
    assert await cache.get(key) is None


async def test_set_replaces_the_value_and_its_time(cache: Cache, key: str) -> None:
    await cache.set(key, b"old", ttl_s=SHORT_S)
    await cache.set(key, b"new", ttl_s=LONG_S)
    await asyncio.sleep(SHORT_S * 2)
    assert await cache.get(key) == b"new"


async def test_add_keeps_the_first_value(cache: Cache, key: str) -> None:
    assert await cache.add(key, b"first", ttl_s=LONG_S)
    assert not await cache.add(key, b"second", ttl_s=LONG_S)
    assert await cache.get(key) == b"first"


async def test_add_is_won_by_one_of_many(cache: Cache, key: str) -> None:
    wins = await asyncio.gather(*(cache.add(key, b"1", ttl_s=LONG_S) for _ in range(50)))
    assert wins.count(True) == 1


async def test_add_succeeds_again_when_the_time_is_up(cache: Cache, key: str) -> None:
    await cache.add(key, b"first", ttl_s=SHORT_S)
    await asyncio.sleep(SHORT_S * 2)
    assert await cache.add(key, b"second", ttl_s=LONG_S)


async def test_delete_forgets_the_key(cache: Cache, key: str) -> None:
    await cache.set(key, b"1", ttl_s=LONG_S)
    await cache.delete(key)
    await cache.delete(key)
    assert await cache.get(key) is None


async def test_take_never_gives_more_than_the_bucket_holds(cache: Cache, key: str) -> None:
    # covers R-0404
    request = TokenRequest(key, wanted=2, per_s=0.5, burst=5)
    given = [await cache.take(request, now=1000.0) for _ in range(4)]
    assert [granted.tokens for granted in given] == [2, 2, 1, 0]
    assert given[-1].wait_s == pytest.approx(2.0)


async def test_take_gives_again_as_tokens_flow_in(cache: Cache, key: str) -> None:
    request = TokenRequest(key, wanted=5, per_s=0.5, burst=5)
    assert (await cache.take(request, now=1000.0)).tokens == 5
    assert (await cache.take(request, now=1001.0)).tokens == 0
    assert (await cache.take(request, now=1004.0)).tokens == 2
    assert (await cache.take(request, now=9000.0)).tokens == 5


async def test_take_is_exact_for_many_at_once(cache: Cache, key: str) -> None:
    request = TokenRequest(key, wanted=1, per_s=1, burst=20)
    given = await asyncio.gather(*(cache.take(request, now=1000.0) for _ in range(50)))
    assert sum(granted.tokens for granted in given) == 20


async def test_claim_counts_all_or_none(cache: Cache, key: str) -> None:
    # covers R-0210
    wide, narrow = Claim(f"{key}-w", 6, 100, LONG_S), Claim(f"{key}-n", 6, 10, LONG_S)
    assert await cache.claim([wide, narrow]) is None
    assert await cache.claim([wide, narrow]) == Refused(narrow, 6)
    full = Claim(wide.key, 95, 100, LONG_S)
    assert await cache.claim([full]) == Refused(full, 6)


async def test_claim_is_exact_for_many_at_once(cache: Cache, key: str) -> None:
    claim = Claim(key, 1, 20, LONG_S)
    made = await asyncio.gather(*(cache.claim([claim]) for _ in range(50)))
    assert made.count(None) == 20


async def test_correct_gives_back_and_takes_more(cache: Cache, key: str) -> None:
    await cache.claim([Claim(key, 10, 10, LONG_S)])
    await cache.correct(key, -4)
    assert await cache.claim([Claim(key, 4, 10, LONG_S)]) is None
    await cache.correct(key, 7)
    assert await cache.claim([over := Claim(key, 1, 10, LONG_S)]) == Refused(over, 17)
    await cache.correct(key, -99)
    assert await cache.claim([over := Claim(key, 11, 10, LONG_S)]) == Refused(over, 0)


async def test_correct_leaves_a_counter_that_has_ended_alone(cache: Cache, key: str) -> None:
    await cache.correct(key, 7)
    assert await cache.claim([Claim(key, 10, 10, LONG_S)]) is None
