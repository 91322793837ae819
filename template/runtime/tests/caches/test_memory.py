"""The bounds of the cache in memory."""

from runtime.caches.memory import MemoryCache


async def test_cache_drops_the_least_recently_used_first() -> None:
    cache = MemoryCache(max_bytes=3)
    for key in ("a", "b", "c"):
        await cache.set(key, b"1", ttl_s=60)
    await cache.get("a")
    await cache.set("d", b"1", ttl_s=60)
    assert [await cache.get(key) for key in ("a", "b", "c", "d")] == [b"1", None, b"1", b"1"]


async def test_cache_does_not_keep_what_is_larger_than_all_of_it() -> None:
    cache = MemoryCache(max_bytes=3)
    await cache.set("kept", b"1", ttl_s=60)
    await cache.set("huge", b"1234", ttl_s=60)
    assert await cache.get("huge") is None
    assert await cache.get("kept") == b"1"


async def test_cache_counts_a_replaced_value_once() -> None:
    cache = MemoryCache(max_bytes=3)
    for _ in range(10):
        await cache.set("a", b"12", ttl_s=60)
    await cache.set("b", b"1", ttl_s=60)
    assert await cache.get("a") == b"12"


async def test_cache_reads_its_clock() -> None:
    now = [0.0]
    cache = MemoryCache(clock=lambda: now[0])
    await cache.set("a", b"1", ttl_s=10)
    now[0] = 9.9
    assert await cache.get("a") == b"1"
    now[0] = 10.0
    assert await cache.get("a") is None


async def test_cache_bounds_the_number_of_small_values_too() -> None:
    cache = MemoryCache(max_entries=2)
    for key in ("a", "b", "c"):
        await cache.set(key, b"", ttl_s=60)
    assert [await cache.get(key) for key in ("a", "b", "c")] == [None, b"", b""]
