"""What tenants bring and get: documents, conversations, answers, reviews."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from runtime.database.models.base import Base, Row


class Document(Row, Base):
    """An uploaded file; its bytes are loaded only when asked for."""

    __tablename__ = "documents"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "created_by"], ["users.tenant_id", "users.id"]),
        UniqueConstraint("tenant_id", "id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    title: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    text: Mapped[str | None] = deferred(mapped_column(Text, nullable=True))
    status: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    error: Mapped[str | None]
    passages: Mapped[int] = mapped_column(default=0, server_default="0")
    created_by: Mapped[UUID]


class Conversation(Row, Base):
    """A person's thread of questions."""

    __tablename__ = "conversations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    user_id: Mapped[UUID]
    title: Mapped[str]


class Answer(Row, Base):
    """An answer as it was streamed, with what it was made of."""

    __tablename__ = "answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "conversation_id"],
            ["conversations.tenant_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    conversation_id: Mapped[UUID]
    user_id: Mapped[UUID]
    question: Mapped[str]
    text: Mapped[str]
    citations: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    model: Mapped[str]
    prompt_hash: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    correlation_id: Mapped[str]


class Review(Row, Base):
    """An answer that a person should look at."""

    __tablename__ = "reviews"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "answer_id"], ["answers.tenant_id", "answers.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "decided_by"], ["users.tenant_id", "users.id"]),
        UniqueConstraint("tenant_id", "answer_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    answer_id: Mapped[UUID]
    reason: Mapped[str]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    note: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
