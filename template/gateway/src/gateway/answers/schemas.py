"""What the API says about questions and answers; also the data of the streamed events."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from runtime.database import models

ReviewStatus = Literal["none", "open", "approved", "rejected"]


class Question(BaseModel):
    """What a person asks."""

    question: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)
    ]


class Citation(BaseModel):
    """A passage that an answer rests on; ``number`` is the mark in the answer's text."""

    number: int
    document_id: UUID
    title: str
    ordinal: int
    quote: str


class Usage(BaseModel):
    """What the model read and wrote, in tokens."""

    input_tokens: int
    output_tokens: int


class AnswerCitations(BaseModel):
    """The event ``citations``: what the answer may refer to."""

    citations: list[Citation]


class AnswerDone(BaseModel):
    """The event ``done``: the answer is complete and will be stored under this id."""

    answer_id: UUID
    model: str
    usage: Usage
    needs_review: bool
    correlation_id: str


class Answer(BaseModel):
    """A stored answer."""

    id: UUID
    conversation_id: UUID
    question: str
    text: str
    citations: list[Citation]
    model: str
    usage: Usage
    review: ReviewStatus
    correlation_id: str
    created_at: datetime

    @classmethod
    def of(cls, row: models.Answer, review: str | None) -> "Answer":
        """Read an answer from its row and the status of its review, if it has one."""
        return cls.model_validate(
            {
                **{name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)},
                "usage": {"input_tokens": row.input_tokens, "output_tokens": row.output_tokens},
                "review": review or "none",
            }
        )
