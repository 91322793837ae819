"""Stored answers, of the person who asked."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.answers.schemas import Answer
from oidc_auth.people import Person
from runtime.database import models
from runtime.errors import NotFoundError


async def of_conversation(session: AsyncSession, conversation_id: UUID) -> list[Answer]:
    """Return a conversation's answers, oldest first. Whose it is must have been checked."""
    query = _with_review().where(models.Answer.conversation_id == conversation_id)
    found = await session.execute(query.order_by(models.Answer.created_at, models.Answer.id))
    return [Answer.of(row, review) for row, review in found]


async def get(session: AsyncSession, person: Person, answer_id: UUID) -> Answer:
    """Return an answer to this person; raises ``NotFoundError``."""
    query = _with_review().where(models.Answer.id == answer_id, models.Answer.user_id == person.id)
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFoundError("There is no such answer, or it is not stored yet.")
    return Answer.of(found[0], found[1])


def _with_review() -> Select[models.Answer, str]:
    return select(models.Answer, models.Review.status).outerjoin(
        models.Review, models.Review.answer_id == models.Answer.id
    )
