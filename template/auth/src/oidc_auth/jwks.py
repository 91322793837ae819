"""The provider's signing keys (RFC 7517).

They are cached so that a withdrawn key stops working and a flood of forged ones stays with us.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from oidc_auth.config import Clock
from oidc_auth.errors import TokenRejectedError, UntrustedProviderError

TTL_S = 300.0
COOLDOWN_S = 30.0
_ASYMMETRIC = {"EC", "RSA", "OKP"}

FetchKeys = Callable[[], Awaitable[object]]


@dataclass
class ProviderKeys:
    """Finds a key by its id.

    Keys are trusted for ``ttl_s``; an unknown id asks the provider again, but at most once per
    ``cooldown_s``, however many forged tokens arrive.
    """

    fetch: FetchKeys
    clock: Clock
    ttl_s: float = TTL_S
    cooldown_s: float = COOLDOWN_S
    _keys: list[Key] = field(default_factory=list)
    _fetched_at: float | None = None

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> Key:
        """Return the key that signs with ``algorithm``; raises ``TokenRejectedError`` without one.

        A token without ``kid`` is accepted only where exactly one key could have signed it.
        """
        async with self._lock:
            if self._age() > self.ttl_s:
                await self._refresh()
            key = self._pick(kid, algorithm)
            if key is None and self._age() >= self.cooldown_s:
                await self._refresh()
                key = self._pick(kid, algorithm)
        if key is None:
            raise TokenRejectedError("unknown_key", "no published key matches the token")
        return key

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self.clock() - self._fetched_at

    async def _refresh(self) -> None:
        self._keys = parse_keys(await self.fetch())
        self._fetched_at = self.clock()

    def _pick(self, kid: str | None, algorithm: str) -> Key | None:
        usable = [key for key in self._keys if _can_sign(key, algorithm)]
        if kid is None:
            return usable[0] if len(usable) == 1 else None
        return next((key for key in usable if key.kid == kid), None)


def parse_keys(document: object) -> list[Key]:
    """Read a key set without its symmetric, private or unknown entries (RFC 7517 §5)."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UntrustedProviderError("The identity provider's keys are not a JWK set.")
    return [key for entry in entries if (key := _parse_key(entry)) is not None]


def _parse_key(entry: object) -> Key | None:
    if not isinstance(entry, dict) or entry.get("kty") not in _ASYMMETRIC or "d" in entry:
        return None
    try:
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError):
        return None


def _can_sign(key: Key, algorithm: str) -> bool:
    family = {"ES": "EC", "RS": "RSA", "PS": "RSA"}[algorithm[:2]]
    return (
        key.key_type == family and key.alg in (None, algorithm) and key.get("use") in (None, "sig")
    )
