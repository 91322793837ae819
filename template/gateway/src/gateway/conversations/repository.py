"""Conversations in the database, always of one person."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.people import Person
from runtime.database.models import Conversation
from runtime.errors import NotFoundError

UNTITLED = "New conversation"
_MOST = 200
_MAX_TITLE = 80


async def newest(session: AsyncSession, person: Person) -> list[Conversation]:
    """Return the person's conversations, newest first."""
    found = await session.scalars(
        select(Conversation)
        .where(Conversation.user_id == person.id)
        .order_by(Conversation.created_at.desc(), Conversation.id)
        .limit(_MOST)
    )
    return list(found)


async def get(session: AsyncSession, person: Person, conversation_id: UUID) -> Conversation:
    """Return a conversation of this person; raises ``NotFoundError``."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None or conversation.user_id != person.id:
        raise NotFoundError("There is no such conversation.")
    return conversation


async def start(session: AsyncSession, person: Person) -> Conversation:
    """Begin a conversation."""
    conversation = Conversation(tenant_id=person.tenant_id, user_id=person.id, title=UNTITLED)
    session.add(conversation)
    await session.flush()
    await session.refresh(conversation)
    return conversation


async def name_after(
    session: AsyncSession, person: Person, conversation_id: UUID, question: str
) -> None:
    """Give a conversation its first question as title; raises ``NotFoundError``."""
    conversation = await get(session, person, conversation_id)
    if conversation.title == UNTITLED:
        conversation.title = " ".join(question.split())[:_MAX_TITLE]
