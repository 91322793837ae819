"""What the product does when Valkey is down."""

import asyncio

import pytest
import valkey.asyncio as valkey

from runtime.caches import CacheUnavailableError, Claim, TokenRequest
from runtime.caches.valkey import AWAY_S, ValkeyCache, open_cache
from runtime.settings import RuntimeSettings, SettingsError


async def test_cache_that_is_down_misses(settings: RuntimeSettings) -> None:
    cache = await open_cache(settings.model_copy(update={"valkey_url": "valkey://127.0.0.1:1/0"}))
    await cache.set("a", b"1", ttl_s=60)
    assert await cache.get("a") is None
    with pytest.raises(CacheUnavailableError):
        await cache.add("a", b"1", ttl_s=60)
    with pytest.raises(CacheUnavailableError):
        await cache.delete("a")
    with pytest.raises(CacheUnavailableError):
        await cache.take(TokenRequest("a", wanted=1, per_s=1, burst=1), now=0.0)
    with pytest.raises(CacheUnavailableError):
        await cache.claim([Claim("a", 1, 1, ttl_s=60)])
    with pytest.raises(CacheUnavailableError):
        await cache.correct("a", 1)
    await cache.close()


async def test_open_cache_needs_an_address(settings: RuntimeSettings) -> None:
    with pytest.raises(SettingsError, match="VALKEY_URL"):
        await open_cache(settings.model_copy(update={"valkey_url": ""}))


async def test_cache_that_is_silent_is_waited_for_once_and_asked_again_later() -> None:
    asked: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    server = await asyncio.start_server(lambda _, writer: asked.put_nowait(writer), "127.0.0.1", 0)
    port, now = server.sockets[0].getsockname()[1], 100.0
    client = valkey.Valkey(port=port, socket_timeout=0.01, socket_connect_timeout=60)
    cache = ValkeyCache(client, prefix="a:", clock=lambda: now)
    for number in range(50):
        assert await cache.get(str(number)) is None
    with pytest.raises(CacheUnavailableError):
        await cache.claim([Claim("a", 1, 1, ttl_s=60)])
    (await asked.get()).close()
    assert asked.empty()
    now += AWAY_S
    assert await cache.get("0") is None
    (await asked.get()).close()
    await cache.close()
    server.close()
