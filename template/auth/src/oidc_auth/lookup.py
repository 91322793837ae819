"""Whose session is this, and is its proof new? Asked at every request, in one round trip for all.

Nothing is cached: what was revoked or paused a moment ago is noticed now. Only the proofs of a
session's own key are remembered, so nobody else fills the memory.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import NamedTuple, cast

from oidc_auth.batching import Batch
from oidc_auth.config import Clock
from oidc_auth.dpop import Proof
from oidc_auth.replay import claiming
from oidc_auth.sealing import digest
from runtime.database import Database
from runtime.database.models import Base, Session, Tenant, User


class Found(NamedTuple):
    """The rows of a session, to read.

    Attributes:
        is_proven: the proof that came along is of the session's key and had not come before.
    """

    session: Session
    person: User
    tenant: Tenant
    is_proven: bool


Asked = tuple[str, Proof | None]

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
_KEY = _COLUMNS.index(("session", "sid_hash"))
_CLAIM = claiming(
    "SELECT digest, %(ends)s::timestamptz AS expires_at"
    " FROM unnest(%(proofs)s::text[], %(provers)s::text[], %(keys)s::text[])"
    " AS proof (digest, sid_hash, jkt)"
    " JOIN found ON (session).sid_hash = proof.sid_hash AND (session).jkt = proof.jkt"
    " ORDER BY digest"
)
_FIND = (
    "WITH found AS MATERIALIZED (SELECT live.* FROM unnest(%(sid_hashes)s::text[]) AS asked"  # noqa: S608 - our names
    f" (sid_hash), live_session(asked.sid_hash) AS live), claimed AS ({_CLAIM})"
    f" SELECT {', '.join(f'({part}).{name}' for part, name in _COLUMNS)},"
    " ARRAY(SELECT digest FROM claimed) FROM found"
)


class Lookup:
    """Finds the rows of sessions by the hashes of their cookies."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._batch = Batch(self._find_all)

    async def find(self, sid_hash: str, proof: Proof | None = None) -> Found | None:
        """Return the rows of a session, to read, or None where there is no such session.

        They are plain values that look like rows, without the provider's tokens: objects that could
        be changed and stored would take longer to make than the database needs to find them.
        """
        return await self._batch((sid_hash, proof))

    async def _find_all(self, asked: Sequence[Asked]) -> list[Found | None]:
        first: dict[str, int] = {}  # who brought a proof first
        for place, (_, proof) in enumerate(asked):
            if proof is not None:
                first.setdefault(digest(proof.id), place)
        # Should it run twice, what was new counts as used: a browser then makes another proof.
        rows = await self._database.call(_FIND, self._values(asked, first))
        found = {row[_KEY]: _read(row) for row in rows}
        proven = {first[name] for name in rows[0][-1]} if rows else set()
        return [
            Found(*found[sid_hash], place in proven) if sid_hash in found else None
            for place, (sid_hash, _) in enumerate(asked)
        ]

    def _values(self, asked: Sequence[Asked], first: Mapping[str, int]) -> dict[str, object]:
        provers = [asked[place][0] for place in first.values()]
        proofs = [proof for place in first.values() if (proof := asked[place][1])]
        now = datetime.fromtimestamp(self._clock(), UTC)
        longest = max((proof.ttl_s for proof in proofs), default=0.0)
        return {
            # Each once: the function sees one session's rows at a time, whoever else asks with it.
            "sid_hashes": list(dict.fromkeys(sid_hash for sid_hash, _ in asked)),
            "proofs": list(first),
            "provers": provers,
            "keys": [proof.jkt for proof in proofs],
            "now": now,
            "ends": now + timedelta(seconds=longest),
        }


def _read(row: Sequence[object]) -> tuple[Session, User, Tenant]:
    fields: dict[str, dict[str, object]] = {part: {} for part, _ in _PARTS}
    for (part, name), value in zip(_COLUMNS, row, strict=False):  # what was claimed comes last
        fields[part][name] = value
    session, person, tenant = (SimpleNamespace(**fields[part]) for part, _ in _PARTS)
    return cast("Session", session), cast("User", person), cast("Tenant", tenant)
