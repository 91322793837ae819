"""The tables, as the services see them; the migrations are what makes them."""

from runtime.database.models.base import Base
from runtime.database.models.content import Answer, Conversation, Document, Review
from runtime.database.models.people import Machine, MachineKey, Tenant, User
from runtime.database.models.records import AuditEntry, JobKey
from runtime.database.models.sign_in import (
    KnownDevice,
    LoginTransaction,
    Session,
    SigningKey,
    Spent,
)

__all__ = [
    "Answer",
    "AuditEntry",
    "Base",
    "Conversation",
    "Document",
    "JobKey",
    "KnownDevice",
    "LoginTransaction",
    "Machine",
    "MachineKey",
    "Review",
    "Session",
    "SigningKey",
    "Spent",
    "Tenant",
    "User",
]
