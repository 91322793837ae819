"""Sign-out that begins at the provider (OpenID Connect Back-Channel Logout 1.0).

The provider posts a signed logout token to us, server to server. It is no ID token and must not be
taken for one, nor one for it; and it counts once.
"""

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
    seconds,
)
from oidc_auth.jwks import PublishedKeys
from oidc_auth.replay import Replays

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_BYTES = 8192
_TYPES = (None, "jwt", "logout+jwt")
"""``logout+jwt`` is recommended and not required (§2.4): ``events`` is what tells them apart."""


@dataclass(frozen=True)
class Notice:
    """Whom the provider signed out: one of its sessions, or a person everywhere."""

    issuer: str
    session: str | None
    subject: str | None


@dataclass(frozen=True)
class LogoutTokenVerifier:
    """Verifies the logout tokens of one provider for one client."""

    keys: PublishedKeys
    issuer: str
    client_id: str
    clock: Clock
    replays: Replays
    leeway_s: int = 30
    algorithms: tuple[str, ...] = ALGORITHMS

    async def verify(self, token: str) -> Notice:
        """Return whom it names; raises ``TokenRejectedError``, also for one that came before."""
        claims = await authentic(token, self.keys, Form(self.algorithms, _TYPES, MAX_BYTES))
        check_issuer(claims, self.issuer)
        check_audience(claims, self.client_id)
        check_times(claims, now=self.clock(), leeway_s=self.leeway_s)
        notice = self._notice(claims)
        await self._spend(claims)
        return notice

    def _notice(self, claims: dict[str, Any]) -> Notice:
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
            raise TokenRejectedError("event", "the token tells of no sign-out")
        if "nonce" in claims:
            raise TokenRejectedError("nonce_present", "a logout token has no nonce")
        session = claims.get("sid")
        if session is None:
            return Notice(self.issuer, None, check_subject(claims))
        if not isinstance(session, str) or not session:
            raise TokenRejectedError("session", "the token names no session")
        return Notice(self.issuer, session, None)

    async def _spend(self, claims: dict[str, Any]) -> None:
        jti = claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise TokenRejectedError("jti_missing", "the token has no id")
        ttl_s = seconds(claims, "exp") - self.clock() + 2 * self.leeway_s
        if not await self.replays.claim(f"logout:{jti}", ttl_s=ttl_s):
            raise TokenRejectedError("replayed", "the token was used before")
