"""Access tokens of ours (RFC 9068): ``at+jwt``, ES256, minutes, under 2 KB. How one is verified.

A service verifies with the published keys and needs no secret and no database. Nothing else is
accepted in a token's place: not an ID token, not a token of another audience, and not one that is
bound to a key whose proof is missing.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from oidc_auth.config import Clock
from oidc_auth.errors import AccessTokenRejectedError, TokenRejectedError
from oidc_auth.jose import (
    Form,
    authentic,
    check_audience,
    check_issuer,
    check_subject,
    check_times,
)
from oidc_auth.jwks import PublishedKeys
from oidc_auth.policy.tokens import TokensPolicy

ALGORITHM = "ES256"
TYPE = "at+jwt"
MAX_BYTES = 2048
"""Headers stay far from every proxy's limit; a person with 60 roles would not."""

_FORM = Form((ALGORITHM,), (TYPE, f"application/{TYPE}"), MAX_BYTES)
_MOST_CACHED = 10_000


@dataclass
class AccessTokenVerifier:
    """Verifies tokens for one service; one that was verified is not verified again for a while."""

    keys: PublishedKeys
    issuer: str
    audience: str
    clock: Clock
    policy: TokensPolicy = field(default_factory=TokensPolicy)

    def __post_init__(self) -> None:
        self._seen: OrderedDict[bytes, tuple[float, dict[str, Any]]] = OrderedDict()

    async def verify(self, token: str, *, thumbprint: str | None = None) -> dict[str, Any]:
        """Return the claims.

        Args:
            token: as received.
            thumbprint: of the key whose possession the caller proved (RFC 9449 §6.1); a token that
                is bound to a key is worthless without.

        Raises:
            AccessTokenRejectedError: it is not authentic, not valid now, or not for this service.
        """
        digest = sha256(token.encode()).digest()
        claims = self._cached(digest)
        if claims is None:
            try:
                claims = await self._verified(token)
            except TokenRejectedError as error:
                raise AccessTokenRejectedError(error.reason.removeprefix("id_token_")) from error
            self._keep(digest, claims)
        _check_confirmation(claims, thumbprint)
        return claims

    async def _verified(self, token: str) -> dict[str, Any]:
        claims = await authentic(token, self.keys, _FORM)
        check_issuer(claims, self.issuer)
        if check_audience(claims, self.audience) != [self.audience]:
            raise TokenRejectedError("audience", "the token is for several services")
        check_subject(claims)
        check_times(claims, now=self.clock(), leeway_s=self.policy.clock_skew_s)
        for name in ("client_id", "jti"):
            if not isinstance(claims.get(name), str):
                raise TokenRejectedError(f"{name}_missing", f"the token has no {name}")
        return claims

    def _cached(self, digest: bytes) -> dict[str, Any] | None:
        until, claims = self._seen.get(digest, (0.0, {}))
        if self.clock() < until:
            return claims
        self._seen.pop(digest, None)
        return None

    def _keep(self, digest: bytes, claims: dict[str, Any]) -> None:
        until = min(self.clock() + self.policy.cached_s, float(claims["exp"]))
        self._seen[digest] = (until, claims)
        while len(self._seen) > _MOST_CACHED:
            self._seen.popitem(last=False)


def _check_confirmation(claims: Mapping[str, Any], thumbprint: str | None) -> None:
    bound = claims.get("cnf")
    if bound is None:
        return
    if not isinstance(bound, Mapping) or thumbprint is None or bound.get("jkt") != thumbprint:
        raise AccessTokenRejectedError("proof_missing")
