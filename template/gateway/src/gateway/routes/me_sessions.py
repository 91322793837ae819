"""Where a person is signed in, and the way out of each of these places."""

from uuid import UUID

from fastapi import APIRouter

from gateway.account import repository
from gateway.account.schemas import OwnSession
from gateway.admin.control import Revoked
from gateway.contract import problems
from gateway.people import Asking
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/me/sessions")


@router.get(
    "",
    operation_id="listOwnSessions",
    summary="Where the person is signed in, the place used last first",
    responses=problems(401, 403),
)
async def list_own_sessions(services: ServicesDep, asking: Asking) -> list[OwnSession]:
    """List the live sessions of the person who asks."""
    async with services.database.tenant(asking.person.tenant_id) as session:
        return await repository.listed(session, asking, services.sessions.live())


@router.delete(
    "",
    operation_id="endOtherSessions",
    summary="Sign out everywhere but here; /auth/logout signs out here",
    responses=problems(401, 403),
)
async def end_other_sessions(services: ServicesDep, asking: Asking) -> Revoked:
    """End the person's other sessions."""
    async with services.database.tenant(asking.person.tenant_id) as session:
        return await repository.end_others(session, asking)


@router.delete(
    "/{session_id}",
    operation_id="endOwnSession",
    summary="Sign out in one place",
    responses=problems(401, 403, 404),
)
async def end_own_session(services: ServicesDep, asking: Asking, session_id: UUID) -> Revoked:
    """End one of the person's sessions; nobody else's is found."""
    async with services.database.tenant(asking.person.tenant_id) as session:
        return await repository.end_one(session, asking, session_id)
