"""Ask, watch the answer arrive, and find it again."""

from uuid import UUID

from fastapi import APIRouter

from gateway.answers import repository
from gateway.answers.schemas import Answer, Question
from gateway.contract import problems
from gateway.conversations import repository as conversations
from gateway.events import EventStream
from gateway.people import ConversationReader, ConversationWriter
from gateway.services import ServicesDep

router = APIRouter(prefix="/api")


@router.get(
    "/conversations/{conversation_id}/answers",
    operation_id="listAnswers",
    summary="The conversation's stored answers, oldest first",
    responses=problems(401, 403, 404),
)
async def list_answers(
    services: ServicesDep, person: ConversationReader, conversation_id: UUID
) -> list[Answer]:
    """List the answers of one of the person's conversations."""
    async with services.database.tenant(person.tenant_id) as session:
        await conversations.get(session, person, conversation_id)
        return await repository.of_conversation(session, conversation_id)


@router.post(
    "/conversations/{conversation_id}/answers",
    operation_id="ask",
    summary="Ask a question and watch the answer arrive",
    status_code=200,
    response_class=EventStream,
    responses={200: {"description": "The answer as it is written"}, **problems(401, 403, 404, 429)},
)
async def ask(
    services: ServicesDep, person: ConversationWriter, conversation_id: UUID, question: Question
) -> EventStream:
    """Answer with server-sent events; see ``Asking.events`` for their order."""
    await services.guard.protection.limit("questions", str(person.id), person)
    asked = await services.asking.ask(person, conversation_id, question.question)
    return EventStream(services.asking.events(asked), close=asked.stream.close)


@router.get(
    "/answers/{answer_id}",
    operation_id="getAnswer",
    summary="One stored answer",
    responses=problems(401, 403, 404),
)
async def get_answer(services: ServicesDep, person: ConversationReader, answer_id: UUID) -> Answer:
    """Show an answer that the person was given."""
    async with services.database.tenant(person.tenant_id) as session:
        return await repository.get(session, person, answer_id)
