"""Whose session is this? Asked at every request, so it is one statement and one round trip.

Nothing is cached: what was revoked or paused a moment ago is noticed now.
"""

from types import SimpleNamespace
from typing import cast

from runtime.database import Database
from runtime.database.models import Base, Session, Tenant, User

_PARTS: tuple[tuple[str, type[Base]], ...] = (
    ("session", Session),
    ("person", User),
    ("tenant", Tenant),
)
_COLUMNS = [(part, column.name) for part, model in _PARTS for column in model.__table__.columns]
_FIND = (
    f"SELECT {', '.join(f'({part}).{name}' for part, name in _COLUMNS)}"  # noqa: S608 - our names
    " FROM live_session(%(sid_hash)s)"
)


async def find_session(database: Database, sid_hash: str) -> tuple[Session, User, Tenant] | None:
    """Return the rows of a session, to read, or None where there is no such session.

    They are plain values that look like rows: objects that could be changed and stored would take
    longer to make than the database needs to find them.
    """
    found = await database.call(_FIND, {"sid_hash": sid_hash})
    if not found:
        return None
    fields: dict[str, dict[str, object]] = {part: {} for part, _ in _PARTS}
    for (part, name), value in zip(_COLUMNS, found[0], strict=True):
        fields[part][name] = value
    session, person, tenant = (SimpleNamespace(**fields[part]) for part, _ in _PARTS)
    return cast("Session", session), cast("User", person), cast("Tenant", tenant)
