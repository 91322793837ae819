"""The right to renew a session: one holder over all processes, and no connection held meanwhile.

The provider may take its time; the database must not wait for it. So a short transaction writes
into the session's row who is asking, and another one writes the answer, if that is still so. A
session whose cookie is replaced in between hands the lease on with its tokens. A holder that dies
loses it by time alone.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.errors import SessionEndedError
from oidc_auth.sessions import Sessions
from runtime.database.models import Session

CALL_S = 10
"""A provider that takes longer is taken for one that is down."""

_LASTS = timedelta(seconds=60)
"""Longer than a call and than two clocks may differ: nobody else asks while the holder may."""


class LeaseTakenError(Exception):
    """Somebody else is asking."""


@dataclass(frozen=True)
class Lease:
    """The right, and the row as it was: its tokens are what to ask with."""

    id: UUID
    row: Session


@dataclass(frozen=True)
class Leases:
    """Gives the right to renew sessions."""

    sessions: Sessions

    async def take(self, sid: str) -> Lease | None:
        """Return the lease, or None where the session is not due.

        Raises:
            SessionEndedError: there is no such session.
            LeaseTakenError: another request has it.
        """
        async with self.sessions.locked(sid) as (_, row):
            if row is not None and self._is_due(row):
                if row.refresh_lease_until and self.sessions.now() < row.refresh_lease_until:
                    raise LeaseTakenError
                row.refresh_lease, row.refresh_lease_until = uuid4(), self.sessions.now() + _LASTS
        if row is None:
            raise SessionEndedError
        return Lease(row.refresh_lease, row) if row.refresh_lease and self._is_due(row) else None

    @asynccontextmanager
    async def settle(self, lease: Lease) -> AsyncIterator[tuple[AsyncSession, Session | None]]:
        """Give it back, in one transaction with what the provider's answer changes.

        The row is None where the lease was lost: the session has ended, got tokens from a new
        sign-in, or somebody else took over. What the provider said then concerns nobody.
        """
        held = select(Session).where(
            Session.tenant_id == lease.row.tenant_id,
            Session.family == lease.row.family,
            Session.refresh_lease == lease.id,
        )
        async with self.sessions.database.tenant(lease.row.tenant_id) as session:
            row = await session.scalar(held.with_for_update())
            if row is not None:
                row.refresh_lease = row.refresh_lease_until = None
            yield session, row

    def _is_due(self, row: Session) -> bool:
        return row.refresh_at is not None and row.refresh_at <= self.sessions.now()
