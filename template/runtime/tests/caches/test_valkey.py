"""What the product does when Valkey is down."""

import pytest

from runtime.caches import CacheUnavailableError, Claim, TokenRequest
from runtime.caches.valkey import open_cache
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
