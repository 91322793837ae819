"""What the API says about machines and their keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from oidc_auth.contract import Scope
from oidc_auth.machines.registry import LONGEST_DAYS
from runtime.database import models

Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class NewMachine(BaseModel):
    """What a machine is to be called and may do."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20)]
    expires_in_days: Days = 90


class Rotation(BaseModel):
    """How long the new key lives, and how long the old one goes on beside it."""

    expires_in_days: Days = 90
    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class MachineKey(BaseModel):
    """A key by its public part."""

    prefix: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class Machine(BaseModel):
    """A program that may use the API."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    keys: list[MachineKey]

    @classmethod
    def of(cls, row: models.Machine, keys: list[models.MachineKey]) -> "Machine":
        """Read a machine from its rows."""
        return cls(
            id=row.id,
            name=row.name,
            scopes=row.scopes,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            keys=[MachineKey.model_validate(key, from_attributes=True) for key in keys],
        )


class IssuedKey(BaseModel):
    """A key, shown this once."""

    machine_id: UUID
    prefix: str
    key: str
    expires_at: datetime


def end_of(days: int, now: float) -> datetime:
    """Return when a key that is made now ends."""
    return datetime.fromtimestamp(now, UTC) + timedelta(days=days)
