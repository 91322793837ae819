"""What the API says to administrators."""

from pydantic import BaseModel


class Overview(BaseModel):
    """The tenant in figures."""

    documents: int
    passages: int
    conversations: int
    answers: int
    open_reviews: int
    input_tokens: int
    output_tokens: int


class Purged(BaseModel):
    """How much was deleted."""

    conversations: int
    answers: int
