"""What an administrator changes about people and the tenant, each change with its record."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth import audit
from oidc_auth.machines.registry import ISSUER
from oidc_auth.people import Person
from runtime.database import models
from runtime.errors import NotFoundError

_MOST = 500


class TenantState(BaseModel):
    """Whether the tenant's people and machines may do anything."""

    paused: bool


class Member(BaseModel):
    """A person of the tenant and how many browsers they are signed in with."""

    id: UUID
    name: str
    email: str
    roles: list[str]
    sessions: int


class Revoked(BaseModel):
    """How many sessions ended."""

    sessions: int


async def set_paused(session: AsyncSession, person: Person, *, paused: bool) -> TenantState:
    """Pause or resume the tenant; live sessions and keys notice at their next request."""
    await session.execute(
        update(models.Tenant).where(models.Tenant.id == person.tenant_id).values(paused=paused)
    )
    action = "tenant.paused" if paused else "tenant.resumed"
    await audit.append(session, _decision(person, action, str(person.tenant_id), "tenant:manage"))
    return TenantState(paused=paused)


async def members(session: AsyncSession, live: ColumnElement[bool]) -> list[Member]:
    """Return the tenant's people by name; machines have a list of their own."""
    own = select(func.count()).where(models.Session.user_id == models.User.id, live)
    count = own.scalar_subquery()
    found = await session.execute(
        select(models.User, count)
        .where(models.User.issuer != ISSUER)
        .order_by(models.User.name, models.User.id)
        .limit(_MOST)
    )
    return [
        Member(
            id=user.id,
            name=user.name,
            email=user.email,
            roles=sorted({*user.roles, *user.granted_roles}),
            sessions=sessions,
        )
        for user, sessions in found
    ]


async def revoke_sessions(session: AsyncSession, person: Person, user_id: UUID) -> Revoked:
    """End every session of one of the tenant's people; raises ``NotFoundError``."""
    if await session.get(models.User, user_id) is None:
        raise NotFoundError("There is no such person.")
    ended = delete(models.Session).where(models.Session.user_id == user_id)
    rows = await session.scalars(ended.returning(models.Session.sid_hash))
    revoked = Revoked(sessions=len(rows.all()))
    decision = _decision(person, "sessions.revoked", str(user_id), "sessions:revoke")
    await audit.append(session, decision)
    return revoked


def _decision(person: Person, action: str, target: str, permission: str) -> audit.Decision:
    return audit.Decision(
        action,
        str(person.id),
        target,
        person.tenant_id,
        {"roles": sorted(person.roles)},
        outcome="admin",
        rule=f"permission:{permission}",
        reasons=("permission_held",),
    )
