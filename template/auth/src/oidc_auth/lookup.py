"""Whose session is this? Asked at every request, so all that ask at once share one round trip.

Nothing is cached: what was revoked or paused a moment ago is noticed now.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from oidc_auth.batching import Batch
from runtime.database import Database
from runtime.database.models import Base, Session, Tenant, User

Found = tuple[Session, User, Tenant]

_PARTS: tuple[tuple[str, type[Base]], ...] = (
    ("session", Session),
    ("person", User),
    ("tenant", Tenant),
)
# Kilobytes, and nothing that a request asks for.
_UNREAD = {"id_token", "refresh_token", "refresh_lease", "refresh_lease_until"}
_COLUMNS = [
    (part, column.name)
    for part, model in _PARTS
    for column in model.__table__.columns
    if column.name not in _UNREAD
]
_FIND = (
    f"SELECT {', '.join(f'({part}).{name}' for part, name in _COLUMNS)}"  # noqa: S608 - our names
    " FROM unnest(%(sid_hashes)s::text[]) AS asked(sid_hash), live_session(asked.sid_hash)"
)


class Lookup:
    """Finds the rows of sessions by the hashes of their cookies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batch = Batch(self._find_all)

    async def find(self, sid_hash: str) -> Found | None:
        """Return the rows of a session, to read, or None where there is no such session.

        They are plain values that look like rows, without the provider's tokens: objects that could
        be changed and stored would take longer to make than the database needs to find them.
        """
        return await self._batch(sid_hash)

    async def _find_all(self, sid_hashes: Sequence[str]) -> list[Found | None]:
        # Each once: the function sees one session's rows at a time, whoever else asks with it.
        values = {"sid_hashes": list(dict.fromkeys(sid_hashes))}
        rows = [_read(row) for row in await self._database.call(_FIND, values)]
        found = {session.sid_hash: (session, person, tenant) for session, person, tenant in rows}
        return [found.get(sid_hash) for sid_hash in sid_hashes]


def _read(row: Sequence[object]) -> Found:
    fields: dict[str, dict[str, object]] = {part: {} for part, _ in _PARTS}
    for (part, name), value in zip(_COLUMNS, row, strict=True):
        fields[part][name] = value
    session, person, tenant = (SimpleNamespace(**fields[part]) for part, _ in _PARTS)
    return cast("Session", session), cast("User", person), cast("Tenant", tenant)
