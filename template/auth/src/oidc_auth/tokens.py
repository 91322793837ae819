"""ID token verification (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725).

authlib is not asked: it accepts a foreign audience next to a matching ``azp``, tokens of other
types, an empty subject and two minutes of expiry. Here each claim that matters is required and
compared by us.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oidc_auth.config import ALGORITHMS, Clock
from oidc_auth.errors import TokenRejectedError
from oidc_auth.jose import (
    Form,
    authentic,
    check_audience,
    check_issuer,
    check_subject,
    check_times,
)
from oidc_auth.jwks import PublishedKeys

MAX_TOKEN_BYTES = 16_384
"""Entra's tokens with many groups reach 6 kB; nothing honest is larger than this."""

_TYPES = (None, "jwt")
"""Any other ``typ`` (``at+jwt``, ``logout+jwt``) was made for something else (RFC 8725 §3.11)."""


@dataclass(frozen=True)
class IdTokenVerifier:
    """Verifies the ID tokens of one provider for one client."""

    keys: PublishedKeys
    issuer: str
    client_id: str
    clock: Clock
    leeway_s: int = 30
    algorithms: tuple[str, ...] = ALGORITHMS

    async def verify(self, token: str, *, nonce: str | None) -> dict[str, Any]:
        """Return the claims of an authentic ID token; raises ``TokenRejectedError``.

        A refreshed one need not carry the nonce of the sign-in (OpenID Connect Core 1.0 §12.2):
        pass None.
        """
        claims = await authentic(token, self.keys, Form(self.algorithms, _TYPES, MAX_TOKEN_BYTES))
        check_issuer(claims, self.issuer)
        self._check_parties(claims)
        check_times(claims, now=self.clock(), leeway_s=self.leeway_s)
        if nonce is not None:
            self._check_nonce(claims, nonce)
        return claims

    def _check_parties(self, claims: Mapping[str, Any]) -> None:
        audiences = check_audience(claims, self.client_id)
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != self.client_id:
            raise TokenRejectedError("authorized_party", "the token was issued to another client")
        check_subject(claims)

    def _check_nonce(self, claims: Mapping[str, Any], nonce: str) -> None:
        found = claims.get("nonce")
        if not isinstance(found, str) or not hmac.compare_digest(found.encode(), nonce.encode()):
            raise TokenRejectedError("nonce", "the token belongs to another sign-in")
