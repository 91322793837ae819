"""Start and list conversations."""

from fastapi import APIRouter

from gateway.contract import problems
from gateway.conversations import repository
from gateway.conversations.schemas import Conversation
from gateway.people import ConversationReader, ConversationWriter
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/conversations")


@router.get(
    "",
    operation_id="listConversations",
    summary="The person's conversations, newest first",
    responses=problems(401, 403),
)
async def list_conversations(
    services: ServicesDep, person: ConversationReader
) -> list[Conversation]:
    """List the person's own conversations."""
    async with services.database.tenant(person.tenant_id) as session:
        return [Conversation.of(row) for row in await repository.newest(session, person)]


@router.post(
    "",
    operation_id="startConversation",
    summary="Start a conversation",
    status_code=201,
    responses=problems(401, 403),
)
async def start_conversation(services: ServicesDep, person: ConversationWriter) -> Conversation:
    """Begin a conversation; its first question will name it."""
    async with services.database.tenant(person.tenant_id) as session:
        return Conversation.of(await repository.start(session, person))
