"""The tenant's part of the audit log, newest first, each entry with its explanation."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit.explanations import explain
from oidc_auth.audit.reading import entry_of
from oidc_auth.people import Person
from runtime.database.models import AuditEntry, User
from runtime.errors import NotFoundError

Outcome = Literal["allow", "deny", "step_up", "limit", "rotate", "admin", "done"]


class TrailEntry(BaseModel):
    """One decision, and what it means in plain words."""

    id: UUID
    number: int | None
    at: datetime
    actor: str
    action: str
    outcome: str
    target: str
    rule: str
    reasons: list[str]
    policy_version: str
    correlation_id: str
    explanation: str


async def newest(
    session: AsyncSession, person: Person, *, outcome: str | None, before: int | None, most: int
) -> list[TrailEntry]:
    """Return entries, newest first; ``before`` is the number of the last one seen."""
    query = select(AuditEntry).order_by(AuditEntry.seq.desc().nulls_last()).limit(most)
    if outcome:
        query = query.where(AuditEntry.outcome == outcome)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    rows = list(await session.scalars(query))
    names = await _names(session, person, rows)
    return [_shown(row, names) for row in rows]


async def one(session: AsyncSession, person: Person, entry_id: UUID) -> TrailEntry:
    """Return an entry of the tenant; raises ``NotFoundError``."""
    row = await session.get(AuditEntry, entry_id)
    if row is None:
        raise NotFoundError("There is no such entry.")
    return _shown(row, await _names(session, person, [row]))


async def _names(session: AsyncSession, person: Person, rows: list[AuditEntry]) -> dict[str, str]:
    actors = {actor for row in rows if (actor := _uuid(row.actor))}
    users = await session.scalars(select(User).where(User.id.in_(actors)))
    named = {str(user.id): f"{user.name} <{user.email or 'machine'}>" for user in users}
    return named | {str(person.tenant_id): person.tenant_name}


def _shown(row: AuditEntry, names: dict[str, str]) -> TrailEntry:
    entry = entry_of(row)
    return TrailEntry(
        id=row.id,
        number=row.seq,
        at=row.created_at,
        actor=names.get(row.actor, row.actor),
        action=row.action,
        outcome=row.outcome,
        target=row.target,
        rule=row.rule,
        reasons=row.reasons,
        policy_version=row.policy_version,
        correlation_id=row.correlation_id,
        explanation=explain(entry, names=names),
    )


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
