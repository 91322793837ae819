"""Who is signed in. The cookie is a random id; we store its digest, and the tokens sealed.

A session ends when it is idle, when it is old (never past the absolute cap), or by sign-out. A new
id is drawn at every sign-in, whatever the browser sent before, so that an id fixed by an attacker
never becomes anyone's session.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.config import AuthSettings, Clock
from oidc_auth.errors import SealBrokenError, SessionEndedError
from oidc_auth.sealing import Sealer
from oidc_auth.transactions import digest
from runtime.database import Database
from runtime.database.models import Session, Tenant, User

_TOUCH_AFTER = timedelta(seconds=60)
_AS_TENANT = text("SELECT set_config('app.tenant_id', :tenant_id, true)")


@dataclass(frozen=True)
class Person:
    """A signed-in person, as our own tables know them."""

    id: UUID
    email: str
    name: str
    roles: frozenset[str]
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    is_paused: bool

    @classmethod
    def of(cls, user: User, tenant: Tenant) -> "Person":
        """Read a person from their rows."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            roles=frozenset(user.roles),
            tenant_id=tenant.id,
            tenant_slug=tenant.slug,
            tenant_name=tenant.name,
            is_paused=tenant.paused,
        )


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, database: Database, settings: AuthSettings, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._sealer = Sealer(settings.session_secret.get_secret_value(), "session tokens")
        self._idle = timedelta(seconds=settings.session_idle_s)
        self._absolute = timedelta(seconds=settings.session_absolute_s)

    async def start(
        self, person: Person, *, id_token: str, refresh_token: str | None = None
    ) -> str:
        """Begin a session and return the id for the cookie, the only place where it is kept."""
        sid, now = secrets.token_urlsafe(32), self._now()
        sid_hash = digest(sid)
        row = Session(
            sid_hash=sid_hash,
            tenant_id=person.tenant_id,
            user_id=person.id,
            id_token=self._seal(sid_hash, id_token),
            refresh_token=self._seal(sid_hash, refresh_token) if refresh_token else None,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._absolute,
        )
        async with self._database.tenant(person.tenant_id) as session:
            session.add(row)
        return sid

    async def find(self, sid: str) -> Person:
        """Return who this is, with today's roles and tenant; raises ``SessionEndedError``."""
        sid_hash = digest(sid)
        async with self._database.session(sid_hash=sid_hash) as session:
            row = await session.get(Session, sid_hash)
            if row is None or not self._is_alive(row):
                raise SessionEndedError
            person = await self._person(session, row)
            await self._touch(session, row)
        return person

    async def end(self, sid: str) -> str | None:
        """End the session; return its ID token, so that the provider can be told, or None."""
        sid_hash = digest(sid)
        async with self._database.session(sid_hash=sid_hash) as session:
            ended = await session.scalar(
                delete(Session).where(Session.sid_hash == sid_hash).returning(Session)
            )
        return None if ended is None else self._open(sid_hash, ended.id_token)

    def _is_alive(self, row: Session) -> bool:
        now = self._now()
        return now < row.expires_at and now - row.last_seen_at < self._idle

    async def _person(self, session: AsyncSession, row: Session) -> Person:
        await session.execute(_AS_TENANT, {"tenant_id": str(row.tenant_id)})
        found: Sequence[tuple[User, Tenant]] = [
            (user, tenant)
            for user, tenant in await session.execute(
                select(User, Tenant)
                .join(Tenant, Tenant.id == User.tenant_id)
                .where(User.id == row.user_id)
            )
        ]
        if not found:
            raise SessionEndedError
        return Person.of(*found[0])

    async def _touch(self, session: AsyncSession, row: Session) -> None:
        now = self._now()
        if now - row.last_seen_at >= _TOUCH_AFTER:
            await session.execute(
                update(Session).where(Session.sid_hash == row.sid_hash).values(last_seen_at=now)
            )

    def _seal(self, sid_hash: str, token: str) -> bytes:
        return self._sealer.seal({"token": token}, context=sid_hash)

    def _open(self, sid_hash: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        try:
            return str(self._sealer.open(sealed, context=sid_hash)["token"])
        except SealBrokenError:  # the secret was changed: the session still ends here
            return None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
