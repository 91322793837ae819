"""Values in this process's memory; each process has its own."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from runtime.caches import Claim, Granted, Refused, TokenRequest
from runtime.settings import RuntimeSettings

MAX_BYTES = 12 * 1024 * 1024
MAX_ENTRIES = 10_000
"""Small values count too: each costs about 400 bytes besides its own."""
_MAX_BUCKETS = 10_000
_MAX_COUNTS = 10_000


class MemoryCache:
    """Least recently used values go first when the room (in bytes of values) is used up."""

    is_shared = False

    def __init__(
        self,
        *,
        max_bytes: int = MAX_BYTES,
        max_entries: int = MAX_ENTRIES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes = max_bytes
        self._max_entries = max_entries
        self._clock = clock
        self._size = 0
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._counts: dict[str, tuple[int, float]] = {}

    async def get(self, key: str) -> bytes | None:
        """Return the value, or None."""
        value = self._live(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value; one that is larger than all the room is not kept."""
        self._drop(key)
        if len(value) > self._max_bytes:
            return
        self._entries[key] = (value, self._clock() + ttl_s)
        self._size += len(value)
        while self._size > self._max_bytes or len(self._entries) > self._max_entries:
            self._drop(next(iter(self._entries)))

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep the value only if the key is free."""
        if self._live(key) is not None:
            return False
        await self.set(key, value, ttl_s=ttl_s)
        return True

    async def delete(self, key: str) -> None:
        """Forget the key."""
        self._drop(key)

    async def take(self, request: TokenRequest, *, now: float) -> Granted:
        """Take tokens of a bucket; the buckets used longest ago are forgotten first."""
        interval_s = 1 / request.per_s
        full_at = max(self._full_at.pop(request.key, now), now)
        tokens = min(request.wanted, int(request.burst - (full_at - now) / interval_s + 1e-9))
        self._full_at[request.key] = full_at + max(tokens, 0) * interval_s
        if len(self._full_at) > _MAX_BUCKETS:
            self._full_at.popitem(last=False)
        if tokens >= 1:
            return Granted(tokens, 0.0)
        return Granted(0, full_at - now - (request.burst - 1) * interval_s)

    async def claim(self, claims: Sequence[Claim]) -> Refused | None:
        """Count all of the claims, or none."""
        for claim in claims:
            if (counted := self._counted(claim.key)) + claim.amount > claim.limit:
                return Refused(claim, counted)
        for claim in claims:
            self._counts[claim.key] = (
                self._counted(claim.key) + claim.amount,
                self._clock() + claim.ttl_s,
            )
        while len(self._counts) > _MAX_COUNTS:
            self._counts.pop(next(iter(self._counts)))
        return None

    async def correct(self, key: str, amount: int) -> None:
        """Add to a counter that has not ended."""
        if counted := self._counted(key):
            self._counts[key] = (max(0, counted + amount), self._counts[key][1])

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._full_at.clear()
        self._counts.clear()
        self._size = 0

    def _counted(self, key: str) -> int:
        counted, ends_at = self._counts.get(key, (0, 0.0))
        return counted if ends_at > self._clock() else 0

    def _live(self, key: str) -> bytes | None:
        value, ends_at = self._entries.get(key, (None, 0.0))
        if value is not None and ends_at <= self._clock():
            self._drop(key)
            return None
        return value

    def _drop(self, key: str) -> None:
        value, _ = self._entries.pop(key, (b"", 0.0))
        self._size -= len(value)


async def open_cache(settings: RuntimeSettings) -> MemoryCache:
    """Return an empty cache."""
    del settings
    return MemoryCache()
