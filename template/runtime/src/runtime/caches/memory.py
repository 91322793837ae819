"""Values in this process's memory; each process has its own."""

import time
from collections import OrderedDict
from collections.abc import Callable

from runtime.settings import RuntimeSettings

MAX_BYTES = 12 * 1024 * 1024
MAX_ENTRIES = 10_000
"""Small values count too: each costs about 400 bytes besides its own."""


class MemoryCache:
    """Least recently used values go first when the room (in bytes of values) is used up."""

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

    async def close(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._size = 0

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
