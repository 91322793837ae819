"""Whose session is this? Asked at every request, so it is one statement and one round trip.

Nothing is cached: what was revoked or paused a moment ago is noticed now.
"""

from sqlalchemy import text

from runtime.database import Database
from runtime.database.models import Base, Session, Tenant, User

_PARTS: tuple[tuple[str, type[Base]], ...] = (
    ("session", Session),
    ("person", User),
    ("tenant", Tenant),
)
_COLUMNS = [(part, column.name) for part, model in _PARTS for column in model.__table__.columns]
_FIND = text(
    f"SELECT {', '.join(f'({part}).{name}' for part, name in _COLUMNS)}"  # noqa: S608 - our names
    " FROM live_session(:sid_hash)"
)


async def find_session(database: Database, sid_hash: str) -> tuple[Session, User, Tenant] | None:
    """Return the rows of a session, detached, or None where there is no such session."""
    values = await database.call(_FIND, {"sid_hash": sid_hash})
    if values is None:
        return None
    fields: dict[str, dict[str, object]] = {part: {} for part, _ in _PARTS}
    for (part, name), value in zip(_COLUMNS, values, strict=True):
        fields[part][name] = value
    return Session(**fields["session"]), User(**fields["person"]), Tenant(**fields["tenant"])
