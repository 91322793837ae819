"""Answers that wait for a person's decision."""

from uuid import UUID

from fastapi import APIRouter

from gateway.contract import problems
from gateway.people import Reviewer
from gateway.reviews import repository
from gateway.reviews.schemas import Decision, Review
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/reviews")


@router.get(
    "",
    operation_id="listReviews",
    summary="Answers that wait for a person's decision, oldest first",
    responses=problems(401, 403),
)
async def list_reviews(services: ServicesDep, person: Reviewer) -> list[Review]:
    """List the open reviews of the reviewer's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return await repository.waiting(session)


@router.post(
    "/{review_id}/decision",
    operation_id="decideReview",
    summary="Approve or reject an answer",
    responses=problems(401, 403, 404, 409),
)
async def decide_review(
    services: ServicesDep, person: Reviewer, review_id: UUID, decision: Decision
) -> Review:
    """Close a review."""
    async with services.database.tenant(person.tenant_id) as session:
        return await repository.decide(session, person, review_id, decision)
