"""Who is signed in. The cookie is a random id; we store its digest, and the tokens sealed.

A session ends when it is idle, when it is old (never past the absolute cap), or by sign-out, here
or at the provider. A new id is drawn at every sign-in and every step-up, so that one fixed or seen
by an attacker never becomes more than it was. All ids of one sign-in are a family: one that comes
back after it was replaced was stolen, and its whole family ends (RFC 9700 §4.14.2).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from oidc_auth.audit import Decision, append
from oidc_auth.config import AuthSettings, Clock
from oidc_auth.cookies import new_sid, region_of
from oidc_auth.dpop import Proof
from oidc_auth.errors import SessionEndedError
from oidc_auth.grants import Grant, provider_key
from oidc_auth.lookup import Lookup
from oidc_auth.people import LiveSession, Person
from oidc_auth.policy import AuthPolicy
from oidc_auth.sealing import Sealer, digest
from oidc_auth.vault import Vault
from oidc_auth.visitors import Visitor
from runtime.database import Database
from runtime.database.models import Session

_TOUCH_AFTER = timedelta(seconds=60)
_AS_TENANT = text("SELECT set_config('app.tenant_id', :tenant_id, true)")


class Sessions:
    """Starts, finds, replaces and ends the sessions of one region."""

    def __init__(
        self,
        database: Database,
        settings: AuthSettings,
        clock: Clock,
        policy: AuthPolicy | None = None,
    ) -> None:
        self.database = database
        self.policy = (policy or AuthPolicy()).sessions
        self._clock = clock
        self._region = settings.region
        self._lookup = Lookup(database, clock)
        self.vault = Vault(Sealer(settings.session_secrets, "session tokens"), self.now)

    async def start(self, person: Person, grant: Grant, visitor: Visitor | None = None) -> str:
        """Begin a session and return the id for the cookie, the only place where it is kept.

        It is bound to the visitor's key; without one no request of it passes where keys are needed.
        """
        sid, now = new_sid(self._region), self.now()
        row = Session(
            tenant_id=person.tenant_id,
            user_id=person.id,
            family=uuid4(),
            region=self._region,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(seconds=self.policy.absolute_s),
            authenticated_at=now,
            jkt=visitor and visitor.jkt,
            network=visitor and visitor.network,
            agent=visitor and visitor.agent,
        )
        self.vault.fill(row, digest(sid), grant)
        async with self.database.tenant(person.tenant_id) as session:
            session.add(row)
        return sid

    async def find(self, sid: str) -> Person:
        """Return who this is, with today's roles and tenant; raises ``SessionEndedError``."""
        return (await self.read(sid)).person

    async def read(self, sid: str, proof: Proof | None = None) -> LiveSession:
        """Return the whole session.

        Args:
            sid: the cookie's value.
            proof: what came with the request; it does not pass a second time.

        Raises:
            SessionEndedError: there is none, it is another region's, or the id was replaced; the
                last ends every session of the family.
        """
        if region_of(sid) != self._region:
            raise SessionEndedError
        found = await self._lookup.find(digest(sid), proof)
        if found is None or not self._is_alive(found.session):
            raise SessionEndedError
        if self._is_stolen(found.session):
            async with self.database.session(sid_hash=found.session.sid_hash) as session:
                await self.revoke(session, found.session, "replaced_cookie_came_back")
            raise SessionEndedError
        await self._touch(found.session)
        return LiveSession.of(*found[:3], is_proven=found.is_proven)

    async def replace(
        self, sid: str, grant: Grant | None = None, visitor: Visitor | None = None
    ) -> str:
        """Draw a new id for a session, as at every step-up; return it for the cookie.

        The person, the family, the key and the absolute end stay. A grant brings the provider's new
        tokens and the new proof of who the person is; a visitor, where that was given.

        Raises:
            SessionEndedError: there is no such session, or its id was replaced before.
        """
        new = new_sid(self._region)
        async with self.locked(sid) as (session, row):
            if row is not None:
                successor = self.vault.successor(row, digest(new), grant)
                if visitor is not None:
                    successor.network, successor.agent = visitor.network, visitor.agent
                session.add(successor)
                row.replaced_at, row.refresh_at, row.refresh_lease = self.now(), None, None
                row.id_token = row.refresh_token = None
        if row is None:
            raise SessionEndedError
        return new

    async def end(self, sid: str) -> str | None:
        """End the session's family; return its ID token, for the provider to be told, or None."""
        async with self.locked(sid, replaced=True) as (session, row):
            if row is None:
                return None
            token = self.vault.open(row.sid_hash, row.id_token)
            await self.end_family(session, row)
        return token

    async def end_at_provider(
        self, issuer: str, *, session: str | None, subject: str | None
    ) -> list[tuple[UUID, UUID]]:
        """End what the provider's sign-out names; return (tenant, person) of each.

        A provider's session is the narrower name and wins (Back-Channel Logout 1.0 §2.7).
        """
        ended = delete(Session).returning(Session.tenant_id, Session.user_id)
        if session:
            key = provider_key(issuer, session)
            scope = self.database.session(provider_session=key)
            ended = ended.where(Session.provider_session == key)
        else:
            key = provider_key(issuer, subject or "")
            scope = self.database.session(provider_subject=key)
            ended = ended.where(Session.provider_subject == key)
        async with scope as transaction:
            rows = (await transaction.execute(ended)).all()
        return sorted({(row[0], row[1]) for row in rows})

    @asynccontextmanager
    async def locked(
        self, sid: str, *, replaced: bool = False
    ) -> AsyncIterator[tuple[AsyncSession, Session | None]]:
        """One transaction in which nobody else changes this session; None where it has ended.

        Args:
            sid: the cookie's value.
            replaced: take an id that was replaced, too.
        """
        sid_hash = digest(sid)
        async with self.database.session(sid_hash=sid_hash) as session:
            row = await session.get(Session, sid_hash, with_for_update=True)
            is_ours = row is not None and region_of(sid) == self._region and self._is_alive(row)
            if row is None or not is_ours or (row.replaced_at and not replaced):
                row = None
            else:
                await session.execute(_AS_TENANT, {"tenant_id": str(row.tenant_id)})
            yield session, row

    async def end_family(self, session: AsyncSession, row: Session) -> None:
        """End every session that came from the same sign-in; the transaction is the tenant's."""
        family = delete(Session).where(Session.tenant_id == row.tenant_id)
        await session.execute(family.where(Session.family == row.family))

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def live(self) -> ColumnElement[bool]:
        """Return what is true of the rows of sessions that a browser can still use."""
        now, idle = self.now(), timedelta(seconds=self.policy.idle_s)
        is_alive = (Session.expires_at > now, Session.last_seen_at > now - idle)
        return and_(Session.replaced_at.is_(None), *is_alive)

    def _is_alive(self, row: Session) -> bool:
        now = self.now()
        idle = timedelta(seconds=self.policy.idle_s)
        return now < row.expires_at and now - row.last_seen_at < idle

    def _is_stolen(self, row: Session) -> bool:
        grace = timedelta(seconds=self.policy.grace_s)
        return row.replaced_at is not None and self.now() - row.replaced_at > grace

    async def revoke(self, session: AsyncSession, row: Session, reason: str) -> None:
        """End the row's family, and record why."""
        await session.execute(_AS_TENANT, {"tenant_id": str(row.tenant_id)})
        await self.end_family(session, row)
        decision = Decision(
            "session.revoked",
            str(row.user_id),
            str(row.family),
            row.tenant_id,
            outcome="deny",
            reasons=(reason,),
        )
        await append(session, decision)

    async def _touch(self, row: Session) -> None:
        now = self.now()
        if now - row.last_seen_at >= _TOUCH_AFTER and row.replaced_at is None:
            touched = update(Session).where(Session.sid_hash == row.sid_hash)
            async with self.database.session(sid_hash=row.sid_hash) as session:
                await session.execute(touched.values(last_seen_at=now))
