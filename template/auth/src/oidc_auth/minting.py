"""Minting our own access tokens (RFC 9068), with the key of the ring that signs now."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt

from oidc_auth.access_tokens import ALGORITHM, MAX_BYTES, TYPE
from oidc_auth.config import Clock
from oidc_auth.errors import TokenTooLargeError
from oidc_auth.policy.tokens import TokensPolicy
from oidc_auth.rotation import SigningKeys


@dataclass(frozen=True)
class AccessTokens:
    """Mints tokens in the name of ``issuer``."""

    issuer: str
    keys: SigningKeys
    clock: Clock
    policy: TokensPolicy = field(default_factory=TokensPolicy)

    async def mint(
        self,
        *,
        subject: str,
        audience: str,
        client_id: str,
        claims: Mapping[str, Any] | None = None,
    ) -> str:
        """Return a token for one service, about one person or client.

        Args:
            subject: whom it is about (``sub``).
            audience: the only service that may accept it.
            client_id: the client that acts (RFC 9068 §2.2).
            claims: more of them, such as ``tenant``, ``roles``, ``scope`` and ``auth_time``.

        Raises:
            TokenTooLargeError: it would be larger than ``MAX_BYTES``.
        """
        key, now = await self.keys.signing(), int(self.clock())
        required = {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "client_id": client_id,
            "iat": now,
            "exp": now + self.policy.lifetime_s,
            "jti": secrets.token_urlsafe(16),
        }
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
        token = jwt.encode(header, {**(claims or {}), **required}, key, algorithms=[ALGORITHM])
        if len(token) > MAX_BYTES:
            raise TokenTooLargeError(f"The token would be {len(token)} bytes, not {MAX_BYTES}.")
        return token
