"""What the API says about conversations."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from runtime.database import models


class Conversation(BaseModel):
    """A thread of questions."""

    id: UUID
    title: str
    created_at: datetime

    @classmethod
    def of(cls, row: models.Conversation) -> "Conversation":
        """Read a conversation from its row."""
        return cls.model_validate(row, from_attributes=True)
