"""The tables, as the services see them; the migrations are what makes them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column

INSTANT = TIMESTAMP(timezone=True)


class Base(DeclarativeBase):
    """Text is unbounded and time is UTC, everywhere."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's declaration
        str: Text,
        datetime: INSTANT,
        bytes: LargeBinary,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


class Row:
    """What nearly every table begins with."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Tenant(Row, Base):
    """An organisation whose data nobody else sees."""

    __tablename__ = "tenants"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    paused: Mapped[bool] = mapped_column(default=False, server_default="false")


class User(Row, Base):
    """A person of one tenant, known by the identity provider's issuer and subject."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("tenant_id", "id"))

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    granted_roles: Mapped[list[str]] = mapped_column(default=list, server_default="{}")


class LoginTransaction(Base):
    """A sign-in on its way to the identity provider and back."""

    __tablename__ = "login_transactions"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    return_to: Mapped[str]
    jkt: Mapped[str | None]
    acr_values: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    max_age_s: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class Session(Base):
    """A signed-in browser; the cookie's value itself is never stored, tokens only encrypted."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
    )

    sid_hash: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    user_id: Mapped[UUID]
    family: Mapped[UUID] = mapped_column(default=uuid4)
    region: Mapped[str]
    provider_subject: Mapped[str]
    provider_session: Mapped[str | None]
    id_token: Mapped[bytes | None]
    refresh_token: Mapped[bytes | None]
    authenticated_at: Mapped[datetime]
    acr: Mapped[str | None]
    amr: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    jkt: Mapped[str | None]
    network: Mapped[str | None]
    agent: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    refresh_at: Mapped[datetime | None]
    refresh_lease: Mapped[UUID | None]
    refresh_lease_until: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]


class KnownDevice(Base):
    """A browser key that a person has signed in with; address and user agent only as digests."""

    __tablename__ = "devices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    jkt: Mapped[str] = mapped_column(primary_key=True)
    network: Mapped[str]
    agent: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class SigningKey(Base):
    """A key of ours; the private part only encrypted."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[bytes]
    created_at: Mapped[datetime]
    active_at: Mapped[datetime]


class Spent(Base):
    """The digest of something that may be used once."""

    __tablename__ = "spent"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class Machine(Row, Base):
    """A program of a tenant; what it makes belongs to its user."""

    __tablename__ = "machines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "created_by"], ["users.tenant_id", "users.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    user_id: Mapped[UUID]
    name: Mapped[str]
    scopes: Mapped[list[str]]
    created_by: Mapped[UUID]
    revoked_at: Mapped[datetime | None]


class MachineKey(Base):
    """A machine's key; the key itself is never stored."""

    __tablename__ = "machine_keys"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "machine_id"], ["machines.tenant_id", "machines.id"], ondelete="CASCADE"
        ),
    )

    key_digest: Mapped[str] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    machine_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


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


class AuditEntry(Row, Base):
    """Who did what; rows are only ever added (a trigger and the grants see to it)."""

    __tablename__ = "audit_log"

    tenant_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="done", server_default="done")
    rule: Mapped[str] = mapped_column(default="", server_default="")
    reasons: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    policy_version: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    correlation_id: Mapped[str]
    seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    prev: Mapped[bytes | None]
    key_id: Mapped[str | None]
    mac: Mapped[bytes | None]


class JobKey(Base):
    """An idempotency key that has been used."""

    __tablename__ = "job_keys"

    tenant_id: Mapped[UUID] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
