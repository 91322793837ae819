"""Administrators pause the tenant, end people's sessions and read the record of it all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from gateway.admin import control, trail
from gateway.admin.control import Member, Revoked, TenantState
from gateway.admin.trail import Outcome, TrailEntry
from gateway.contract import problems
from gateway.people import Auditor, Pauser, Revoker
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/admin")


@router.post(
    "/tenant/pause",
    operation_id="pauseTenant",
    summary="Stop everybody of the tenant, signed in or not, people and machines",
    responses=problems(401, 403),
)
async def pause_tenant(services: ServicesDep, person: Pauser) -> TenantState:
    """Pause the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await control.set_paused(session, person, paused=True)


@router.post(
    "/tenant/resume",
    operation_id="resumeTenant",
    summary="Let the tenant's people and machines in again",
    responses=problems(401, 403),
)
async def resume_tenant(services: ServicesDep, person: Pauser) -> TenantState:
    """Resume the administrator's tenant; this works while it is paused."""
    async with services.database.tenant(person.tenant_id) as session:
        return await control.set_paused(session, person, paused=False)


@router.get(
    "/people",
    operation_id="listPeople",
    summary="The tenant's people and their live sessions",
    responses=problems(401, 403),
)
async def list_people(services: ServicesDep, person: Revoker) -> list[Member]:
    """List the people of the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await control.members(session, services.sessions.live())


@router.delete(
    "/people/{person_id}/sessions",
    operation_id="revokeSessions",
    summary="Sign a person out everywhere",
    responses=problems(401, 403, 404),
)
async def revoke_sessions(services: ServicesDep, person: Revoker, person_id: UUID) -> Revoked:
    """End every session of a person of the tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await control.revoke_sessions(session, person, person_id)


@router.get(
    "/audit",
    operation_id="listAudit",
    summary="What was decided in the tenant, newest first, each with its explanation",
    responses=problems(401, 403),
)
async def list_audit(
    services: ServicesDep,
    person: Auditor,
    outcome: Annotated[Outcome | None, Query()] = None,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[TrailEntry]:
    """List decisions of the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await trail.newest(session, person, outcome=outcome, before=before, most=limit)


@router.get(
    "/audit/{entry_id}",
    operation_id="explainDecision",
    summary="One decision and why it was made",
    responses=problems(401, 403, 404),
)
async def explain_decision(services: ServicesDep, person: Auditor, entry_id: UUID) -> TrailEntry:
    """Explain a decision of the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await trail.one(session, person, entry_id)
