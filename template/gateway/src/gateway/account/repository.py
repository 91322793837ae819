"""A person's own sessions in the database; each ending with its record."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.account.schemas import OwnSession
from gateway.admin.control import Revoked
from oidc_auth import audit
from oidc_auth.people import LiveSession
from runtime.database import models
from runtime.errors import NotFoundError

_MOST = 100


async def listed(
    session: AsyncSession, asking: LiveSession, live: ColumnElement[bool]
) -> list[OwnSession]:
    """Return the person's live sessions, the one used last first."""
    own = (
        select(models.Session)
        .where(models.Session.user_id == asking.person.id, live)
        .order_by(models.Session.last_seen_at.desc(), models.Session.family)
        .limit(_MOST)
    )
    return [OwnSession.of(row, asking) for row in await session.scalars(own)]


async def end_one(session: AsyncSession, asking: LiveSession, family: UUID) -> Revoked:
    """End one of the person's sessions; raises ``NotFoundError``."""
    revoked = await _end(session, asking, str(family), models.Session.family == family)
    if revoked.sessions == 0:
        raise NotFoundError("There is no such session, or it has ended.")
    return revoked


async def end_others(session: AsyncSession, asking: LiveSession) -> Revoked:
    """End every session of the person but the one that asks."""
    target = str(asking.person.id)
    return await _end(session, asking, target, models.Session.family != asking.family)


async def _end(
    session: AsyncSession, asking: LiveSession, target: str, which: ColumnElement[bool]
) -> Revoked:
    own = delete(models.Session).where(models.Session.user_id == asking.person.id, which)
    ended = set((await session.scalars(own.returning(models.Session.family))).all())
    if ended:
        await audit.append(session, _decision(asking, target, len(ended)))
    return Revoked(sessions=len(ended))


def _decision(asking: LiveSession, target: str, sessions: int) -> audit.Decision:
    return audit.Decision(
        "sessions.revoked",
        str(asking.person.id),
        target,
        asking.person.tenant_id,
        {"sessions": sessions},
        rule="own_sessions",
        reasons=("own_session",),
    )
