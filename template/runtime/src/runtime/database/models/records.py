"""What has happened: the audit log, and which jobs were taken on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from runtime.database.models.base import Base, Row


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
