"""Administrators make, rotate and revoke the keys of machines."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter

from gateway.admin.machines import IssuedKey, Machine, NewMachine, Rotation, end_of
from gateway.contract import problems
from gateway.people import MachineKeeper
from gateway.services import ServicesDep
from oidc_auth.machines import registry
from oidc_auth.machines.registry import Actor
from oidc_auth.people import Person

router = APIRouter(prefix="/api/admin/machines")


@router.get(
    "",
    operation_id="listMachines",
    summary="The tenant's machines and their keys, by prefix",
    responses=problems(401, 403),
)
async def list_machines(services: ServicesDep, person: MachineKeeper) -> list[Machine]:
    """List the machines of the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return [Machine.of(*found) for found in await registry.listed(session)]


@router.post(
    "",
    operation_id="createMachine",
    summary="Make a machine; its key is in the answer and nowhere else",
    status_code=201,
    responses=problems(401, 403),
)
async def create_machine(
    services: ServicesDep, person: MachineKeeper, machine: NewMachine
) -> IssuedKey:
    """Make a machine of the administrator's tenant."""
    until = end_of(machine.expires_in_days, services.entrance.clock())
    async with services.database.tenant(person.tenant_id) as session:
        made, key = await registry.create(
            session, _actor(person), machine.name, machine.scopes, until=until
        )
        return IssuedKey(machine_id=made.id, prefix=key.prefix, key=key.secret, expires_at=until)


@router.post(
    "/{machine_id}/keys",
    operation_id="rotateMachineKey",
    summary="Give a machine a new key; the old one goes on for the overlap",
    status_code=201,
    responses=problems(401, 403, 404, 409),
)
async def rotate_key(
    services: ServicesDep, person: MachineKeeper, machine_id: UUID, rotation: Rotation
) -> IssuedKey:
    """Rotate the key of a machine of the tenant."""
    now = services.entrance.clock()
    until = end_of(rotation.expires_in_days, now)
    async with services.database.tenant(person.tenant_id) as session:
        key = await registry.rotate(
            session,
            _actor(person),
            machine_id,
            now=end_of(0, now),
            until=until,
            overlap=timedelta(hours=rotation.overlap_hours),
        )
    return IssuedKey(machine_id=machine_id, prefix=key.prefix, key=key.secret, expires_at=until)


@router.delete(
    "/{machine_id}",
    operation_id="revokeMachine",
    summary="End a machine and all its keys, now",
    status_code=204,
    responses=problems(401, 403, 404, 409),
)
async def revoke_machine(services: ServicesDep, person: MachineKeeper, machine_id: UUID) -> None:
    """Revoke a machine of the tenant."""
    now = end_of(0, services.entrance.clock())
    async with services.database.tenant(person.tenant_id) as session:
        await registry.revoke(session, _actor(person), machine_id, now=now)


def _actor(person: Person) -> Actor:
    return Actor(person.id, person.tenant_id)
