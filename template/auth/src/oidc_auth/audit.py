"""The append-only record of decisions: who, in which tenant, did or was refused what, and why.

The database refuses to change or delete a row; no code here tries. Secrets and tokens never go into
``detail``.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.correlation import correlation_id
from runtime.database import Database
from runtime.database.models import AuditEntry


@dataclass(frozen=True)
class Decision:
    """One thing that was decided.

    Attributes:
        action: dotted and stable, such as ``sign_in.allowed``.
        actor: a user's id, or ``anonymous``.
        target: what it was about.
        tenant_id: None before the tenant is known.
        detail: the reasons, as JSON.
    """

    action: str
    actor: str
    target: str
    tenant_id: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditLog:
    """Writes decisions."""

    database: Database

    async def record(self, decision: Decision) -> None:
        """Append a decision in a transaction of its own."""
        async with self._transaction(decision.tenant_id) as session:
            await append(session, decision)

    def _transaction(self, tenant_id: UUID | None) -> AbstractAsyncContextManager[AsyncSession]:
        return self.database.session() if tenant_id is None else self.database.tenant(tenant_id)


async def append(session: AsyncSession, decision: Decision) -> None:
    """Append a decision to a transaction, so that it is kept exactly if the action is."""
    # Not session.add: it would read the new row back, which nobody may without its tenant.
    await session.execute(
        insert(AuditEntry).values(
            tenant_id=decision.tenant_id,
            actor=decision.actor,
            action=decision.action,
            target=decision.target,
            detail=dict(decision.detail),
            correlation_id=correlation_id(),
        )
    )
