"""What risk remembers: the devices that people use, and what was refused lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from oidc_auth.config import Clock
from oidc_auth.people import Person
from oidc_auth.risk import Device
from oidc_auth.sealing import digest
from oidc_auth.visitors import Visitor
from runtime.database import Database
from runtime.database.models import KnownDevice, Session

_MOST_DEVICES = 20
_FAILED = text("INSERT INTO failures (key, at) SELECT unnest(CAST(:keys AS text[])), :now")
_FORGET = text("DELETE FROM failures WHERE at < :since")
_COUNT = text(
    "SELECT coalesce(max(seen), 0) FROM (SELECT count(*) AS seen FROM failures"
    " WHERE key = ANY(CAST(:keys AS text[])) AND at >= :since GROUP BY key) AS counts"
)


@dataclass(frozen=True)
class History:
    """Keeps devices, and failures for ``failures_s`` seconds."""

    database: Database
    clock: Clock
    failures_s: float

    async def known(self, person: Person) -> tuple[Device, ...]:
        """Return the person's devices, the one seen last first."""
        newest = (
            select(KnownDevice)
            .where(KnownDevice.user_id == person.id)
            .order_by(KnownDevice.last_seen_at.desc())
            .limit(_MOST_DEVICES)
        )
        async with self.database.tenant(person.tenant_id) as session:
            rows = (await session.scalars(newest)).all()
        return tuple(Device(row.jkt, row.network, row.agent, row.last_seen_at) for row in rows)

    async def remember(self, person: Person, visitor: Visitor) -> None:
        """Keep the device that the person has signed in with."""
        seen = {"network": visitor.network, "agent": visitor.agent, "last_seen_at": self.now()}
        row = {
            "tenant_id": person.tenant_id,
            "user_id": person.id,
            "jkt": visitor.jkt or "",
            "first_seen_at": self.now(),
        }
        statement = insert(KnownDevice).values(row | seen)
        again = statement.on_conflict_do_update(
            index_elements=["tenant_id", "user_id", "jkt"], set_=seen
        )
        async with self.database.tenant(person.tenant_id) as session:
            await session.execute(again)

    async def moved(self, sid: str, visitor: Visitor) -> None:
        """Keep a session's new surroundings."""
        moved = update(Session).values(network=visitor.network, agent=visitor.agent)
        async with self.database.session(sid_hash=digest(sid)) as session:
            await session.execute(moved.where(Session.sid_hash == digest(sid)))

    async def failed(self, visitor: Visitor, person: str = "") -> None:
        """Remember that something was refused from this address, and for this person."""
        since = datetime.fromtimestamp(self.clock() - self.failures_s, UTC)
        async with self.database.session() as session:
            await session.execute(_FAILED, {"keys": _keys(visitor, person), "now": self.now()})
            await session.execute(_FORGET, {"since": since})

    async def failures(self, visitor: Visitor, person: str = "") -> int:
        """Count what was refused lately: for the address or for the person, whichever is more."""
        since = datetime.fromtimestamp(self.clock() - self.failures_s, UTC)
        async with self.database.session() as session:
            found = await session.scalar(_COUNT, {"keys": _keys(visitor, person), "since": since})
        return int(found or 0)

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self.clock(), UTC)


def _keys(visitor: Visitor, person: str) -> Sequence[str]:
    keys = [digest(f"address:{visitor.address}")]
    return [*keys, digest(f"person:{person}")] if person else keys
