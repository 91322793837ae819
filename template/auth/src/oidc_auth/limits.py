"""How often one address or one identity may ask, counted over all processes.

Each limit is a token bucket in the generic cell rate form: one number per key says when the bucket
will be full again. A process leases a few tokens at a time and spends them without asking, so a
busy key costs one round trip per lease. Leases are taken from the shared bucket: all processes
together never spend more than it holds. Unspent ones are lost after a second.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from oidc_auth.batching import Batch
from oidc_auth.config import Clock
from runtime.caches import Cache, CacheUnavailableError, Granted, TokenRequest
from runtime.caches.memory import MemoryCache
from runtime.database import Database
from runtime.errors import TooManyRequestsError
from runtime.logs import logger

_MAX_KEYS = 10_000
_LEASE_S = 1.0
_LEASE_SHARE = 10
_SWEEP_EVERY_S = 60.0
_TAKE = text(
    "SELECT taken.granted, taken.wait_s"
    " FROM unnest(CAST(:keys AS text[]), CAST(:wanted AS int[]), CAST(:intervals AS float8[]),"
    " CAST(:bursts AS int[])) AS asked (key, wanted, interval_s, burst)"
    " CROSS JOIN LATERAL take_tokens(key, wanted, interval_s, burst, :now) AS taken"
)
_FORGET_FULL = text("DELETE FROM limit_buckets WHERE full_at < :now")


@dataclass(frozen=True)
class Limit:
    """So much on average, so much at once; the name says what for."""

    name: str
    per_s: float
    burst: int

    @property
    def lease(self) -> int:
        """How many tokens a process takes at a time."""
        return max(1, self.burst // _LEASE_SHARE)


class LimitedError(TooManyRequestsError):
    """There is no token; ``is_news`` once per wait, however often somebody tries."""

    def __init__(self, wait_s: float, *, is_news: bool) -> None:
        whole = max(1, math.ceil(wait_s))
        super().__init__(f"Try again in {whole} s.", retry_after_s=whole)
        self.is_news = is_news


class Buckets(Protocol):
    """The shared buckets."""

    async def take(self, request: TokenRequest) -> Granted:
        """Take up to as many tokens as wanted; none says how long to wait for one."""


class PostgresBuckets:
    """Rows of ``limit_buckets``, changed in batches; full buckets are swept once a minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._batch = Batch(self._take_all)
        self._sweep_at = clock() + _SWEEP_EVERY_S

    async def take(self, request: TokenRequest) -> Granted:
        """Take tokens of one row."""
        return await self._batch(request)

    async def _take_all(self, requests: Sequence[TokenRequest]) -> list[Granted]:
        # One order for every process, so that no two wait for each other's rows.
        order = sorted(range(len(requests)), key=lambda index: requests[index].key)
        ordered = [requests[index] for index in order]
        values = {
            "keys": [request.key for request in ordered],
            "wanted": [request.wanted for request in ordered],
            "intervals": [1 / request.per_s for request in ordered],
            "bursts": [request.burst for request in ordered],
            "now": self._clock(),
        }
        async with self._database.session() as session:
            rows = (await session.execute(_TAKE, values)).all()
            if self._clock() >= self._sweep_at:
                self._sweep_at = self._clock() + _SWEEP_EVERY_S
                await session.execute(_FORGET_FULL, {"now": self._clock()})
        granted = dict(zip(order, (Granted(*row) for row in rows), strict=True))
        return [granted[index] for index in range(len(requests))]


class SharedCacheBuckets:
    """Buckets in a cache that all processes share."""

    def __init__(self, cache: Cache, clock: Clock) -> None:
        self._cache = cache
        self._clock = clock

    async def take(self, request: TokenRequest) -> Granted:
        """Take tokens of one key."""
        return await self._cache.take(request, now=self._clock())


@dataclass
class _Lease:
    left: int
    until: float
    refused_until: float

    def is_over(self, now: float) -> bool:
        """Say whether to ask again: spent or old, and not refused for longer."""
        return (self.left < 1 or self.until <= now) and self.refused_until <= now


class Limits:
    """Takes tokens; while the shared buckets can't be reached, each process limits by itself."""

    def __init__(self, buckets: Buckets, clock: Clock) -> None:
        self._buckets = buckets
        self._alone = SharedCacheBuckets(MemoryCache(), clock)
        self._clock = clock
        self._leases: OrderedDict[str, _Lease] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Lease]] = {}

    async def take(self, limit: Limit, key: str) -> None:
        """Take one token; raises ``LimitedError`` saying when there will be one."""
        place, is_news = f"{limit.name}:{key}", False
        lease = self._leases.get(place)
        while lease is None or lease.is_over(self._clock()):
            is_news = place not in self._asking
            lease = await self._shared(limit, place)
        if lease.left < 1:
            raise LimitedError(lease.refused_until - self._clock(), is_news=is_news)
        lease.left -= 1

    async def _shared(self, limit: Limit, place: str) -> _Lease:
        """Ask once for all requests that wait: each would take tokens that nobody spends."""
        asking = self._asking.get(place)
        if asking is None:
            asking = asyncio.create_task(self._lease(limit, place), name="limit")
            self._asking[place] = asking
            asking.add_done_callback(lambda _task: self._asking.pop(place, None))
        return await asyncio.shield(asking)

    async def _lease(self, limit: Limit, place: str) -> _Lease:
        request = TokenRequest(f"limit:{place}", limit.lease, limit.per_s, limit.burst)
        granted = await self._granted(request)
        now = self._clock()
        lease = _Lease(granted.tokens, now + _LEASE_S, now + granted.wait_s)
        self._leases[place] = lease
        self._leases.move_to_end(place)
        if len(self._leases) > _MAX_KEYS:
            self._leases.popitem(last=False)
        return lease

    async def _granted(self, request: TokenRequest) -> Granted:
        try:
            return await self._buckets.take(request)
        except (CacheUnavailableError, SQLAlchemyError) as error:
            logger(__name__).warning("limits_not_shared", error=type(error).__name__)
            return await self._alone.take(request)


def open_limits(database: Database, cache: Cache, clock: Clock) -> Limits:
    """Return limits that every process of this product shares."""
    shared = SharedCacheBuckets(cache, clock) if cache.is_shared else None
    return Limits(shared or PostgresBuckets(database, clock), clock)
