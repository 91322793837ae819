"""Values in Valkey, shared by every process."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import valkey.asyncio as valkey
from valkey.exceptions import TimeoutError as LateError
from valkey.exceptions import ValkeyError

from runtime.caches import CacheUnavailableError, Claim, Granted, Refused, TokenRequest
from runtime.logs import logger
from runtime.product import product_entry
from runtime.settings import RuntimeSettings, SettingsError

# A cache that answers slower than this is worse than none.
TIMEOUT_S = 0.5
AWAY_S = 1.0
"""How long one that let us wait is left alone: a request waits once, not for each key."""

# KEYS[1]: the bucket; ARGV: wanted, seconds per token, burst, now. What is kept: when it is full.
_TAKE = """
local wanted, interval, burst, now = unpack(ARGV)
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), tonumber(now))
local tokens = math.min(wanted, math.floor(burst - (full_at - now) / interval + 1e-9))
if tokens < 1 then
  return {0, tostring(full_at - now - (burst - 1) * interval)}
end
full_at = full_at + tokens * interval
local kept_ms = math.ceil((full_at - now) * 1000) + 1
redis.call('SET', KEYS[1], string.format('%.6f', full_at), 'PX', kept_ms)
return {tokens, '0'}
"""

# KEYS: the counters; ARGV: for each, amount, limit, milliseconds. Returned: which one is refused
# (0: none), and what it had counted.
_CLAIM = """
for i, key in ipairs(KEYS) do
  local counted = tonumber(redis.call('GET', key) or 0)
  if counted + tonumber(ARGV[3 * i - 2]) > tonumber(ARGV[3 * i - 1]) then
    return {i, counted}
  end
end
for i, key in ipairs(KEYS) do
  redis.call('INCRBY', key, ARGV[3 * i - 2])
  redis.call('PEXPIRE', key, ARGV[3 * i])
end
return {0, 0}
"""

# KEYS[1]: the counter; ARGV[1]: what is added.
_CORRECT = """
local counted = tonumber(redis.call('GET', KEYS[1]))
if counted then
  local corrected = math.max(0, counted + tonumber(ARGV[1]))
  redis.call('SET', KEYS[1], string.format('%d', corrected), 'KEEPTTL')
end
"""


class _LeftAloneError(LateError):
    """Nothing new: the wait before it has been logged."""


class ValkeyCache:
    """Keys carry the product's prefix; a server that is down makes every read a miss."""

    is_shared = True

    def __init__(
        self,
        client: valkey.Valkey,
        *,
        prefix: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._clock = clock
        self._away_until = -math.inf
        self._take = client.register_script(_TAKE)
        self._claim = client.register_script(_CLAIM)
        self._correct = client.register_script(_CORRECT)
        self._prefix = prefix

    async def get(self, key: str) -> bytes | None:
        """Return the value, or None."""
        try:
            value: bytes | None = await self._ask(self._client.get, self._prefix + key)
        except ValkeyError as error:
            self._missed("get", error)
            return None
        return value

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value if the server answers."""
        try:
            await self._ask(self._client.set, self._prefix + key, value, px=_milliseconds(ttl_s))
        except ValkeyError as error:
            self._missed("set", error)

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep the value only if the key is free (``SET … NX``)."""
        try:
            added = await self._ask(
                self._client.set, self._prefix + key, value, px=_milliseconds(ttl_s), nx=True
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
            await self._ask(self._client.delete, self._prefix + key)
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error

    async def take(self, request: TokenRequest, *, now: float) -> Granted:
        """Take tokens of a bucket, in one script.

        Raises:
            CacheUnavailableError: the server does not answer.
        """
        arguments = [request.wanted, 1 / request.per_s, request.burst, now]
        try:
            key = self._prefix + request.key
            tokens, wait_s = await self._ask(self._take, keys=[key], args=arguments)
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error
        return Granted(int(tokens), float(wait_s))

    async def claim(self, claims: Sequence[Claim]) -> Refused | None:
        """Count all of the claims, or none, in one script.

        Raises:
            CacheUnavailableError: the server does not answer.
        """
        arguments = [x for c in claims for x in (c.amount, c.limit, _milliseconds(c.ttl_s))]
        keys = [self._prefix + claim.key for claim in claims]
        try:
            refused, counted = await self._ask(self._claim, keys=keys, args=arguments)
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error
        return Refused(claims[refused - 1], counted) if refused else None

    async def correct(self, key: str, amount: int) -> None:
        """Add to a counter that has not ended, in one script.

        Raises:
            CacheUnavailableError: the server does not answer.
        """
        try:
            await self._ask(self._correct, keys=[self._prefix + key], args=[amount])
        except ValkeyError as error:
            raise CacheUnavailableError("The cache does not answer; try again soon.") from error

    async def close(self) -> None:
        """Release the connections."""
        await self._client.aclose()

    async def _ask(self, command: Callable[..., Awaitable[Any]], *args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the client types them
        if self._clock() < self._away_until:
            raise _LeftAloneError("It did not answer in time just now.")
        try:
            return await command(*args, **named)
        except LateError:
            self._away_until = self._clock() + AWAY_S
            raise

    def _missed(self, operation: str, error: ValkeyError) -> None:
        if isinstance(error, _LeftAloneError):
            return
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
    return ValkeyCache(client, prefix=f"{product_entry('slug')}:")
