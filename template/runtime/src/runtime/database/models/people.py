"""Tenants, and who acts in them: people, and programs with keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from runtime.database.models.base import Base, Row


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
