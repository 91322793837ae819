"""Machines and their keys in the database, each change recorded in its own transaction.

Every function works in a transaction of the tenant; row-level security keeps to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit import Decision, append
from oidc_auth.contract import Scope
from oidc_auth.machines.keys import NewKey, draw_key
from runtime.database.models import Machine, MachineKey, User
from runtime.errors import ConflictError, NotFoundError

ISSUER = "urn:machines"
"""The issuer of users that are machines: no identity provider can have this name."""

SCOPES: frozenset[str] = frozenset(get_args(Scope))
LONGEST_DAYS = 365
_MOST = 500


@dataclass(frozen=True)
class Actor:
    """Who changes something, and in which tenant."""

    user_id: UUID
    tenant_id: UUID


async def create(
    session: AsyncSession, actor: Actor, name: str, scopes: Collection[str], *, until: datetime
) -> tuple[Machine, NewKey]:
    """Make a machine and its first key; raises ``ValueError`` for a scope that none may have."""
    if unknown := set(scopes) - SCOPES:
        raise ValueError(f"{', '.join(sorted(unknown))}: no machine may have this scope")
    machine = Machine(id=uuid4(), name=name, scopes=sorted(set(scopes)), created_by=actor.user_id)
    machine.user_id, machine.tenant_id = uuid4(), actor.tenant_id
    user = User(id=machine.user_id, tenant_id=actor.tenant_id, issuer=ISSUER, email="", name=name)
    user.subject, user.roles = str(machine.id), []
    session.add(user)
    await session.flush()
    session.add(machine)
    await session.flush()
    key = _add_key(session, machine, until)
    await session.flush()
    await session.refresh(machine)
    await _record(session, actor, "machine.created", machine, key.prefix)
    return machine, key


async def rotate(
    session: AsyncSession,
    actor: Actor,
    machine_id: UUID,
    *,
    now: datetime,
    until: datetime,
    overlap: timedelta,
) -> NewKey:
    """Give a machine a new key; its other keys end after the overlap, or when they would anyway.

    Raises:
        NotFoundError: the tenant has no such machine.
        ConflictError: it was revoked.
    """
    machine = await _live(session, machine_id)
    older = update(MachineKey).where(MachineKey.machine_id == machine_id)
    await session.execute(
        older.where(MachineKey.expires_at > now + overlap).values(expires_at=now + overlap)
    )
    key = _add_key(session, machine, until)
    await session.flush()
    await _record(session, actor, "machine_key.rotated", machine, key.prefix)
    return key


async def revoke(session: AsyncSession, actor: Actor, machine_id: UUID, *, now: datetime) -> None:
    """End a machine: none of its keys opens anything from now on."""
    machine = await _live(session, machine_id)
    machine.revoked_at = now
    await session.flush()
    await _record(session, actor, "machine.revoked", machine, "")


async def listed(session: AsyncSession) -> Sequence[tuple[Machine, list[MachineKey]]]:
    """Return the tenant's machines, newest first, each with its keys, newest first."""
    machines = await session.scalars(
        select(Machine).order_by(Machine.created_at.desc(), Machine.id).limit(_MOST)
    )
    keys: dict[UUID, list[MachineKey]] = {}
    for key in await session.scalars(select(MachineKey).order_by(MachineKey.created_at.desc())):
        keys.setdefault(key.machine_id, []).append(key)
    return [(machine, keys.get(machine.id, [])) for machine in machines]


def _add_key(session: AsyncSession, machine: Machine, until: datetime) -> NewKey:
    key = draw_key()
    row = MachineKey(key_digest=key.digest, prefix=key.prefix, expires_at=until)
    row.tenant_id, row.machine_id = machine.tenant_id, machine.id
    session.add(row)
    return key


async def _live(session: AsyncSession, machine_id: UUID) -> Machine:
    machine = await session.get(Machine, machine_id, with_for_update=True)
    if machine is None:
        raise NotFoundError("There is no such machine.")
    if machine.revoked_at is not None:
        raise ConflictError("This machine was revoked. Make a new one.")
    return machine


async def _record(
    session: AsyncSession, actor: Actor, action: str, machine: Machine, prefix: str
) -> None:
    detail = {"name": machine.name, "scopes": machine.scopes, "key": prefix}
    decision = Decision(
        action,
        str(actor.user_id),
        str(machine.id),
        actor.tenant_id,
        detail,
        outcome="rotate" if action.endswith("rotated") else "admin",
        rule="permission:machines:manage",
        reasons=("permission_held",),
    )
    await append(session, decision)
