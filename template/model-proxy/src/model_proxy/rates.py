"""How often a key may ask: at all processes together where they share a store, else at each."""

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from model_proxy.buckets import RequestBuckets
from model_proxy.errors import OverloadedError
from runtime.caches import Cache, CacheUnavailableError, TokenRequest


class Rate:
    """One bucket per key; while the shared store does not answer, each process has its own."""

    def __init__(self, *, per_s: float, burst: int, clock: Callable[[], float] = time.time) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._own = RequestBuckets(per_s=per_s, burst=burst, clock=clock)
        self._cache: Cache | None = None

    async def take(self, key: str) -> None:
        """Let one request of the key through; ``OverloadedError`` says when there is room."""
        if self._cache is None or not self._per_s:
            self._own.take(key)
            return
        request = TokenRequest(f"requests:{key}", wanted=1, per_s=self._per_s, burst=self._burst)
        try:
            granted = await self._cache.take(request, now=self._clock())
        except CacheUnavailableError:
            self._own.take(key)
            return
        if not granted.tokens:
            wait_s = max(1, math.ceil(granted.wait_s))
            raise OverloadedError(f"Try again in {wait_s} s.", retry_after_s=wait_s)

    @asynccontextmanager
    async def sharing(self, cache: Cache) -> AsyncIterator[None]:
        """Keep the buckets in the cache while the context is open, if all see the same one."""
        self._cache = cache if cache.is_shared else None
        try:
            yield
        finally:
            self._cache = None
