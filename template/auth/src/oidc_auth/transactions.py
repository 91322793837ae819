"""Sign-ins that have begun and not ended (RFC 9700 §2.1, §4.7).

A sign-in starts with a random ``binding`` that stays in the browser's cookie. The ``state`` that
travels through the provider is its digest: a callback counts only in the browser that began, and
because taking a transaction deletes it, only once. A stolen or replayed callback URL is worthless,
and so is a cookie without it.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest

from sqlalchemy import delete

from oidc_auth.config import Clock
from oidc_auth.errors import SignInError
from oidc_auth.oidc import Challenge
from oidc_auth.sealing import digest
from oidc_auth.stepup import Requirement
from runtime.database import Database
from runtime.database.models import LoginTransaction


@dataclass(frozen=True)
class Begun:
    """A new sign-in: ``binding`` goes into the browser's cookie, the challenge to the provider."""

    binding: str
    challenge: Challenge


@dataclass(frozen=True)
class Transactions:
    """Keeps each sign-in for ``lifetime_s`` seconds and gives it away once."""

    database: Database
    clock: Clock
    lifetime_s: int

    async def begin(
        self, *, return_to: str, jkt: str | None = None, requirement: Requirement | None = None
    ) -> Begun:
        """Remember a new sign-in that ends at ``return_to``, by this key and with this strength."""
        binding = secrets.token_urlsafe(32)
        challenge = Challenge.new(state=digest(binding), jkt=jkt, requirement=requirement)
        row = LoginTransaction(
            state_hash=digest(challenge.state),
            nonce=challenge.nonce,
            code_verifier=challenge.code_verifier,
            return_to=return_to,
            jkt=jkt,
            acr_values=list(requirement.acr_values) if requirement else [],
            max_age_s=requirement.max_age_s if requirement else None,
            expires_at=_instant(self.clock() + self.lifetime_s),
        )
        async with self.database.session(state_hash=row.state_hash) as session:
            session.add(row)
        return Begun(binding, challenge)

    async def take(self, *, state: str, binding: str) -> tuple[Challenge, str]:
        """Return the challenge and ``return_to``, and forget both.

        Raises:
            SignInError: unknown, used or expired state, or another browser's.
        """
        if not compare_digest(digest(binding).encode(), state.encode()):
            raise SignInError("state_of_another_browser")
        async with self.database.session(state_hash=digest(state)) as session:
            row = await session.scalar(
                delete(LoginTransaction)
                .where(LoginTransaction.state_hash == digest(state))
                .returning(LoginTransaction)
            )
        if row is None:
            raise SignInError("state_unknown_or_used")
        if row.expires_at <= _instant(self.clock()):
            raise SignInError("state_expired", "The sign-in took too long. Start again.")
        requirement = (
            None if row.max_age_s is None else Requirement(tuple(row.acr_values), row.max_age_s)
        )
        challenge = Challenge(state, row.nonce, row.code_verifier, row.jkt, requirement)
        return challenge, row.return_to


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
