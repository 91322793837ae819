"""What the API says about reviews."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from gateway.answers.schemas import Answer, ReviewStatus


class Review(BaseModel):
    """An answer and why a person should look at it."""

    id: UUID
    answer: Answer
    reason: str
    status: ReviewStatus
    decided_by: str | None
    created_at: datetime


class Decision(BaseModel):
    """What a reviewer decides."""

    decision: Literal["approved", "rejected"]
    note: Annotated[str, StringConstraints(max_length=1000)] = ""
