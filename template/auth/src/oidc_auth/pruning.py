"""Forgetting what has ended: sessions, sign-ins, spent values and used idempotency keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Delete, delete, or_

from oidc_auth.config import Clock
from oidc_auth.policy import AuthPolicy
from runtime.database import Database
from runtime.database.models import JobKey, LoginTransaction, Session, Spent

KEYS_LAST = timedelta(days=14)
"""No queue delivers a job again after this."""


@dataclass(frozen=True)
class Pruning:
    """Deletes rows of every tenant that nobody will ask for again.

    A session whose cookie was replaced is kept until its end: should the old cookie come back, it
    is known for stolen.
    """

    database: Database
    policy: AuthPolicy
    clock: Clock

    async def run(self) -> dict[str, int]:
        """Return how many rows of each table were deleted."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        idle_since = now - timedelta(seconds=self.policy.sessions.idle_s)
        is_idle = (Session.last_seen_at <= idle_since) & Session.replaced_at.is_(None)
        return {
            "sessions": await self._delete(
                delete(Session).where(or_(Session.expires_at <= now, is_idle))
            ),
            "login_transactions": await self._delete(
                delete(LoginTransaction).where(LoginTransaction.expires_at <= now)
            ),
            "spent": await self._delete(delete(Spent).where(Spent.expires_at <= now)),
            "job_keys": await self._delete(
                delete(JobKey).where(JobKey.created_at <= now - KEYS_LAST)
            ),
        }

    async def _delete(self, statement: Delete) -> int:
        async with self.database.session(purpose="upkeep") as session:
            connection = await session.connection()
            return (await connection.execute(statement)).rowcount
