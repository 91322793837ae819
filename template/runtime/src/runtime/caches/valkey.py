"""Values in Valkey, shared by every process."""

import math

import valkey.asyncio as valkey
from valkey.exceptions import ValkeyError

from runtime.caches import CacheUnavailableError
from runtime.logs import logger
from runtime.product import load_product
from runtime.settings import RuntimeSettings, SettingsError

# A cache that answers slower than this is worse than none.
TIMEOUT_S = 0.5


class ValkeyCache:
    """Keys carry the product's prefix; a server that is down makes every read a miss."""

    def __init__(self, client: valkey.Valkey, *, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    async def get(self, key: str) -> bytes | None:
        """Return the value, or None."""
        try:
            value: bytes | None = await self._client.get(self._prefix + key)
        except ValkeyError as error:
            self._missed("get", error)
            return None
        return value

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value if the server answers."""
        try:
            await self._client.set(self._prefix + key, value, px=_milliseconds(ttl_s))
        except ValkeyError as error:
            self._missed("set", error)

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep the value only if the key is free (``SET … NX``)."""
        try:
            added = await self._client.set(
                self._prefix + key, value, px=_milliseconds(ttl_s), nx=True
            )
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error
        return bool(added)

    async def delete(self, key: str) -> None:
        """Forget the key.

        Raises:
            CacheUnavailableError: the value may still be there.
        """
        try:
            await self._client.delete(self._prefix + key)
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error

    async def close(self) -> None:
        """Release the connections."""
        await self._client.aclose()

    def _missed(self, operation: str, error: ValkeyError) -> None:
        logger(__name__).warning("cache_unavailable", operation=operation, error=str(error))


def _milliseconds(ttl_s: float) -> int:
    return max(1, math.ceil(ttl_s * 1000))


async def open_cache(settings: RuntimeSettings) -> ValkeyCache:
    """Return the cache at ``settings.valkey_url``; it connects when first used.

    Raises:
        SettingsError: there is no address.
    """
    if not settings.valkey_url:
        raise SettingsError("VALKEY_URL is not set: start with `make dev`, or see .env.example.")
    client = valkey.Valkey.from_url(
        settings.valkey_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
    )
    return ValkeyCache(client, prefix=f"{load_product().slug}:")
