"""What may be used once: token ids, proofs, solved puzzles (RFC 7519 §4.1.7, RFC 9449 §11.1).

All processes share the memory: the cache where it is shared (its ``add`` is atomic), else one
unlogged table. Keys are digests, so that nothing can be learned from the store.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from oidc_auth.batching import Batch
from oidc_auth.config import Clock
from oidc_auth.sealing import digest
from runtime.caches import Cache
from runtime.database import Database


def claiming(wanted: str) -> str:
    """Return the statement that claims what is wanted and gives the digests that were free.

    Args:
        wanted: selects (digest, expires_at), each digest once, in their order, so that no two
            processes wait for each other. The statement's parameter is ``now``.
    """
    return (
        "INSERT INTO spent (purpose, digest, expires_at)"  # noqa: S608 - our own
        f" SELECT 'once', digest, expires_at FROM ({wanted}) AS wanted"
        " ON CONFLICT (purpose, digest) DO UPDATE SET expires_at = excluded.expires_at"
        " WHERE spent.expires_at <= %(now)s RETURNING digest"
    )


_CLAIM = claiming(
    "SELECT * FROM unnest(%(keys)s::text[], %(ends)s::timestamptz[])"
    " AS new (digest, expires_at) ORDER BY digest"
)


class Replays(Protocol):
    """Remembers what was used."""

    async def claim(self, key: str, *, ttl_s: float) -> bool:
        """Say whether this is the first use of the key within ``ttl_s`` seconds."""


class PostgresReplays:
    """Rows of ``spent``, written in batches; upkeep deletes the expired ones."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._batch = Batch(self._claim_all)

    async def claim(self, key: str, *, ttl_s: float) -> bool:
        """Insert the key, unless it is there and alive."""
        return await self._batch((digest(key), self._clock() + ttl_s))

    async def _claim_all(self, claims: Sequence[tuple[str, float]]) -> list[bool]:
        wanted: dict[str, float] = {}
        firsts = [key not in wanted and not wanted.update({key: ends}) for key, ends in claims]
        ends = [_instant(until) for until in wanted.values()]
        values = {"keys": list(wanted), "ends": ends, "now": _instant(self._clock())}
        # Should it run twice, what was new counts as used: a browser then makes another proof.
        new = {key for (key,) in await self._database.call(_CLAIM, values)}
        return [first and key in new for first, (key, _) in zip(firsts, claims, strict=True)]


class SharedCacheReplays:
    """Keys of a cache that all processes share."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def claim(self, key: str, *, ttl_s: float) -> bool:
        """Add the key; raises ``CacheUnavailableError`` when nobody can tell: refuse then."""
        return await self._cache.add(f"once:{digest(key)}", b"1", ttl_s=ttl_s)


def open_replays(database: Database, cache: Cache, clock: Clock) -> Replays:
    """Return the memory that every process of this product shares."""
    return SharedCacheReplays(cache) if cache.is_shared else PostgresReplays(database, clock)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
