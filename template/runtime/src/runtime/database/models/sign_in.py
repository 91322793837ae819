"""What sign-in keeps: sessions and what leads to one, devices, keys, what counts once."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKeyConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from runtime.database.models.base import Base


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
