"""Figures and clean-up of one tenant; row-level security keeps to it."""

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.admin.schemas import Overview, Purged
from oidc_auth import audit
from oidc_auth.people import Person
from runtime.database import models

_OVERVIEW = text("""
SELECT
  (SELECT count(*) FROM documents) AS documents,
  (SELECT coalesce(sum(passages), 0) FROM documents) AS passages,
  (SELECT count(*) FROM conversations) AS conversations,
  (SELECT count(*) FROM answers) AS answers,
  (SELECT count(*) FROM reviews WHERE status = 'open') AS open_reviews,
  (SELECT coalesce(sum(input_tokens), 0) FROM answers) AS input_tokens,
  (SELECT coalesce(sum(output_tokens), 0) FROM answers) AS output_tokens
""")


async def overview(session: AsyncSession) -> Overview:
    """Count what the tenant has."""
    found = (await session.execute(_OVERVIEW)).one()
    return Overview.model_validate(found, from_attributes=True)


async def purge(session: AsyncSession, person: Person) -> Purged:
    """Delete every conversation of the tenant with its answers and reviews, and record it."""
    answers = await session.scalar(select(func.count()).select_from(models.Answer))
    gone = await session.scalars(delete(models.Conversation).returning(models.Conversation.id))
    purged = Purged(conversations=len(gone.all()), answers=answers or 0)
    await audit.append(
        session,
        audit.Decision(
            action="conversations.purged",
            actor=str(person.id),
            target=str(person.tenant_id),
            tenant_id=person.tenant_id,
            detail=purged.model_dump(),
        ),
    )
    return purged
