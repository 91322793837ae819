"""What the API says about documents."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from runtime.database import models

DocumentStatus = Literal["waiting", "reading", "ready", "failed"]


class Document(BaseModel):
    """A document and how far its ingestion is."""

    id: UUID
    title: str
    content_type: str
    size_bytes: int
    status: DocumentStatus
    error: str | None
    passages: int
    created_at: datetime

    @classmethod
    def of(cls, row: models.Document) -> "Document":
        """Read a document from its row."""
        return cls.model_validate(row, from_attributes=True)
