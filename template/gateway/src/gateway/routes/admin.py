"""What administrators see and may do."""

from fastapi import APIRouter

from gateway.admin import repository
from gateway.admin.schemas import Overview, Purged
from gateway.contract import problems
from gateway.people import FiguresReader, Purger
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/admin")


@router.get(
    "/overview",
    operation_id="getOverview",
    summary="The tenant in figures",
    responses=problems(401, 403),
)
async def get_overview(services: ServicesDep, person: FiguresReader) -> Overview:
    """Count what the administrator's tenant has."""
    async with services.database.tenant(person.tenant_id) as session:
        return await repository.overview(session)


@router.delete(
    "/conversations",
    operation_id="purgeConversations",
    summary="Delete every conversation and answer of the tenant",
    responses=problems(401, 403),
)
async def purge_conversations(services: ServicesDep, person: Purger) -> Purged:
    """Delete them, for everybody in the administrator's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await repository.purge(session, person)
