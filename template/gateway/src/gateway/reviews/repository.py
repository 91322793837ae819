"""Reviews in the database; a decision is recorded in the same transaction."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.answers.schemas import Answer
from gateway.reviews.schemas import Decision, Review
from oidc_auth import audit
from oidc_auth.people import Person
from runtime.database import models
from runtime.errors import ConflictError, NotFoundError

_MOST = 200


async def waiting(session: AsyncSession) -> list[Review]:
    """Return the tenant's open reviews, oldest first."""
    found = await session.execute(
        select(models.Review, models.Answer)
        .join(models.Answer, models.Answer.id == models.Review.answer_id)
        .where(models.Review.status == "open")
        .order_by(models.Review.created_at, models.Review.id)
        .limit(_MOST)
    )
    return [_review(review, answer, None) for review, answer in found]


async def decide(
    session: AsyncSession, person: Person, review_id: UUID, decision: Decision
) -> Review:
    """Close a review.

    Raises:
        NotFoundError: the tenant has no such review.
        ConflictError: somebody has decided already.
    """
    review = await session.get(models.Review, review_id, with_for_update=True)
    if review is None:
        raise NotFoundError("There is no such review.")
    if review.status != "open":
        raise ConflictError("Somebody has decided this already.")
    review.status = decision.decision
    review.note = decision.note
    review.decided_by = person.id
    review.decided_at = datetime.now(UTC)
    await audit.append(session, _recorded(person, review, decision))
    answer = await session.get_one(models.Answer, review.answer_id)
    return _review(review, answer, person.name)


def _recorded(person: Person, review: models.Review, decision: Decision) -> audit.Decision:
    return audit.Decision(
        action=f"review.{decision.decision}",
        actor=str(person.id),
        target=str(review.answer_id),
        tenant_id=person.tenant_id,
        detail={"review": str(review.id), "reason": review.reason, "note": decision.note},
    )


def _review(review: models.Review, answer: models.Answer, decided_by: str | None) -> Review:
    return Review.model_validate(
        {
            "id": review.id,
            "answer": Answer.of(answer, review.status),
            "reason": review.reason,
            "status": review.status,
            "decided_by": decided_by,
            "created_at": review.created_at,
        }
    )
