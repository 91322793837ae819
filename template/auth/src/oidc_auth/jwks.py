"""Published signing keys (RFC 7517): the provider's, and our own where a service verifies them.

They are cached so that a withdrawn key stops working and a flood of forged ones stays with us.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from oidc_auth.config import Clock
from oidc_auth.errors import TokenRejectedError, UntrustedProviderError
from oidc_auth.policy.jwks import JwksPolicy
from runtime.errors import ServiceError
from runtime.logs import logger

_ASYMMETRIC = {"EC", "RSA", "OKP"}

FetchKeys = Callable[[], Awaitable[object]]


@dataclass
class PublishedKeys:
    """Finds a key by its id, at a provider's or at our own published set.

    Keys are trusted for ``ttl_s``; an unknown id asks again, but at most once per ``cooldown_s``,
    however many forged tokens arrive. While nobody answers, known keys serve ``stale_s`` longer.
    """

    fetch: FetchKeys
    clock: Clock
    policy: JwksPolicy = field(default_factory=JwksPolicy)
    _keys: list[Key] = field(default_factory=list)
    _fetched_at: float | None = None
    _tried_at: float | None = None

    def __post_init__(self) -> None:
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> Key:
        """Return the key that signs with ``algorithm``.

        A token without ``kid`` is accepted only where exactly one key could have signed it.

        Raises:
            TokenRejectedError: no published key matches.
            ProviderUnavailableError: nobody answers, and what is known is too old.
        """
        async with self._lock:
            if self._since(self._fetched_at) > self.policy.ttl_s:
                await self._renew()
            key = self._pick(kid, algorithm)
            if key is None and self._since(self._tried_at) >= self.policy.cooldown_s:
                await self._renew()
                key = self._pick(kid, algorithm)
        if key is None:
            raise TokenRejectedError("unknown_key", "no published key matches the token")
        return key

    async def _renew(self) -> None:
        """Read the keys again; where that fails, go on with those that are not too old."""
        age = self._since(self._fetched_at)
        is_usable = age <= self.policy.ttl_s + self.policy.stale_s
        if is_usable and self._since(self._tried_at) < self.policy.cooldown_s:
            return
        self._tried_at = self.clock()
        try:
            self._keys = parse_keys(await self.fetch())
        except ServiceError as error:
            if not is_usable:
                raise
            logger(__name__).warning("keys_are_stale", age_s=round(age), error=error.code)
            return
        self._fetched_at = self._tried_at

    def _since(self, instant: float | None) -> float:
        return float("inf") if instant is None else self.clock() - instant

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
