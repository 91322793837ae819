"""ID token verification (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725).

authlib is not asked: it accepts a foreign audience next to a matching ``azp``, tokens of other
types, an empty subject and two minutes of expiry. Here each claim that matters is required and
compared by us.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from oidc_auth.config import ALGORITHMS, Clock
from oidc_auth.errors import TokenRejectedError
from oidc_auth.jwks import PublishedKeys

MAX_TOKEN_BYTES = 16_384
"""Entra's tokens with many groups reach 6 kB; nothing honest is larger than this."""

MAX_SUBJECT_LENGTH = 255
"""OpenID Connect Core 1.0 §2."""

_TYPES = (None, "JWT")
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

    async def verify(self, token: str, *, nonce: str) -> dict[str, Any]:
        """Return the claims of an authentic ID token; raises ``TokenRejectedError``."""
        header = self._header(token)
        key = await self.keys.find(header.get("kid"), header["alg"])
        try:
            claims = jwt.decode(token, key, algorithms=[header["alg"]]).claims
        except (JoseError, ValueError) as error:
            raise TokenRejectedError("bad_signature", "the signature does not match") from error
        self._check_parties(claims)
        self._check_times(claims)
        self._check_nonce(claims, nonce)
        return claims

    def _header(self, token: str) -> Mapping[str, Any]:
        if len(token.encode()) > MAX_TOKEN_BYTES:
            raise TokenRejectedError("oversized", "the token is too large")
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError) as error:
            raise TokenRejectedError("malformed", "the token can't be read") from error
        if header.get("alg") not in self.algorithms:
            raise TokenRejectedError("algorithm", "the signature algorithm is not allowed")
        if header.get("typ") not in _TYPES:
            raise TokenRejectedError("type", "the token was made for something else")
        return header

    def _check_parties(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self.issuer:
            raise TokenRejectedError("issuer", "another issuer made the token")
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience
        if not isinstance(audiences, list) or self.client_id not in audiences:
            raise TokenRejectedError("audience", "the token is for another client")
        if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != self.client_id:
            raise TokenRejectedError("authorized_party", "the token was issued to another client")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH:
            raise TokenRejectedError("subject", "the token names nobody")

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self.clock()
        if now >= _seconds(claims, "exp") + self.leeway_s:
            raise TokenRejectedError("expired", "the token has expired")
        if _seconds(claims, "iat") > now + self.leeway_s:
            raise TokenRejectedError("issued_in_future", "the token is from the future")
        if "nbf" in claims and _seconds(claims, "nbf") > now + self.leeway_s:
            raise TokenRejectedError("not_yet_valid", "the token is not valid yet")

    def _check_nonce(self, claims: Mapping[str, Any], nonce: str) -> None:
        found = claims.get("nonce")
        if not isinstance(found, str) or not hmac.compare_digest(found.encode(), nonce.encode()):
            raise TokenRejectedError("nonce", "the token belongs to another sign-in")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise TokenRejectedError(f"{name}_missing", f"the token has no usable {name}")
    return value
