"""Short-lived shared values: the port, and the adapter that the product was built with.

An adapter is a module of this package named as in ``product.toml`` (``cache = "memory"``) with
``async def open_cache(settings: RuntimeSettings) -> Cache``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from runtime.adapters import load_adapter
from runtime.errors import UnavailableError
from runtime.settings import RuntimeSettings


class CacheUnavailableError(UnavailableError):
    """The cache does not answer, and the caller needs it to."""

    code, title = "cache_unavailable", "Shared state can't be reached right now"


@dataclass(frozen=True)
class TokenRequest:
    """Up to ``wanted`` tokens of the bucket ``key``, which holds ``burst`` and gains ``per_s``."""

    key: str
    wanted: int
    per_s: float
    burst: int


@dataclass(frozen=True)
class Granted:
    """What a bucket gave; without a token, ``wait_s`` says when there will be one."""

    tokens: int
    wait_s: float


@dataclass(frozen=True)
class Claim:
    """``amount`` more of what the counter ``key`` counts, at most ``limit`` in all.

    The counter ends ``ttl_s`` seconds after its last claim. Names in one call share a slot of a
    cluster only where they have the same ``{…}`` part.
    """

    key: str
    amount: int
    limit: int
    ttl_s: float


@dataclass(frozen=True)
class Refused:
    """The first claim that would go over its limit, and what was counted before it."""

    claim: Claim
    counted: int


class Cache(Protocol):
    """Bytes under a key until their time is up; a miss is always allowed.

    Attributes:
        is_shared: whether every process of the product sees the same values.
    """

    is_shared: bool

    async def get(self, key: str) -> bytes | None:
        """Return the value, or None."""

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value for at most ``ttl_s`` seconds."""

    async def add(self, key: str, value: bytes, *, ttl_s: float) -> bool:
        """Keep the value only if the key is free; say whether it was (atomic).

        Raises:
            CacheUnavailableError: nobody can tell.
        """

    async def delete(self, key: str) -> None:
        """Forget the key."""

    async def take(self, request: TokenRequest, *, now: float) -> Granted:
        """Take tokens of a bucket (atomic); ``now`` is in seconds since the epoch.

        Raises:
            CacheUnavailableError: nobody can tell.
        """

    async def claim(self, claims: Sequence[Claim]) -> Refused | None:
        """Count all of the claims, or none of them when one goes over its limit (atomic).

        Raises:
            CacheUnavailableError: nobody can tell.
        """

    async def correct(self, key: str, amount: int) -> None:
        """Add to a counter, or take from it (never below zero); one that has ended stays so.

        Raises:
            CacheUnavailableError: it may not have been.
        """

    async def close(self) -> None:
        """Release connections."""


async def open_cache(settings: RuntimeSettings) -> Cache:
    """Return the cache that ``settings.cache`` names.

    Raises:
        SettingsError: this repo has no such adapter, or its address is missing.
    """
    adapter = load_adapter("caches", settings.cache)
    return cast("Cache", await adapter.open_cache(settings))
