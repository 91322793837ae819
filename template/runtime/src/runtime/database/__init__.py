"""PostgreSQL with one tenant per transaction, forced by row-level security."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, Self
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from runtime.database.direct import Direct
from runtime.settings import RuntimeSettings, SettingsError

_SCOPE = text("SELECT set_config(:name, :value, true)")


class Database:
    """Short transactions, each seeing exactly one tenant, or none.

    The scope is set with ``set_config(…, is_local => true)``: it ends with the transaction, and a
    pooled connection never carries it to the next one. Without a scope no row is visible.

    Attributes:
        info: what every session carries along as its ``info``.
    """

    def __init__(self, engine: AsyncEngine, *, most: int = 10) -> None:
        self.engine = engine
        self.info: dict[str, object] = {}
        self._direct = Direct(engine.url, most)

    @classmethod
    def open(cls, settings: RuntimeSettings, *, pool_size: int = 5) -> Self:
        """Return the database of ``settings.database_url``; it connects when first used.

        Raises:
            SettingsError: there is no address.
        """
        if not settings.database_url:
            raise SettingsError(
                "DATABASE_URL is not set: start with `make dev`, or see .env.example."
            )
        url = make_url(settings.database_url).set(drivername="postgresql+psycopg")
        # No overflow: such connections are closed after use, and opening one takes longer than most
        # of what is asked.
        most = 2 * pool_size
        engine = create_async_engine(url, pool_size=most, max_overflow=0, pool_pre_ping=True)
        return cls(engine, most=most)

    @asynccontextmanager
    async def tenant(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """One transaction as this tenant: commits at the end, rolls back on an exception."""
        async with self._scoped({"app.tenant_id": str(tenant_id)}) as session:
            yield session

    @asynccontextmanager
    async def session(
        self,
        *,
        sid_hash: str | None = None,
        state_hash: str | None = None,
        identity: tuple[str, str] | None = None,
        provider_session: str | None = None,
        provider_subject: str | None = None,
        key_digest: str | None = None,
        purpose: Literal["keys", "upkeep"] | None = None,
    ) -> AsyncIterator[AsyncSession]:
        """One transaction before the tenant is known; with no argument it sees no rows.

        Args:
            sid_hash: admits the session of this cookie.
            state_hash: admits the login transaction of this state.
            identity: (issuer, subject), admits that person's row and tenant, to read.
            provider_session: admits the sessions of this session at the identity provider.
            provider_subject: admits the sessions of this person of the identity provider.
            key_digest: admits this key of a machine, the machine, its user and tenant.
            purpose: admits our signing keys, or every tenant's rows that have expired.
        """
        issuer, subject = identity or (None, None)
        scope = {
            "app.sid_hash": sid_hash,
            "app.state_hash": state_hash,
            "app.issuer": issuer,
            "app.subject": subject,
            "app.provider_session": provider_session,
            "app.provider_subject": provider_subject,
            "app.key_digest": key_digest,
        }
        if purpose:
            scope[f"app.{purpose}"] = "on"
        async with self._scoped({key: value for key, value in scope.items() if value}) as session:
            yield session

    async def call(self, statement: str, parameters: Mapping[str, object]) -> list[Any]:
        """Run one statement in one round trip, committed by itself; return its rows.

        It goes to the driver as it is, prepared, with ``%(name)s`` for parameters: what every
        request asks must not cost more here than in the database. Where the connection turns out to
        be dead it runs a second time, so let that do no harm.
        """
        try:
            return await self._direct.run(statement, parameters)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            await self._direct.close()  # the others are as dead
            return await self._direct.run(statement, parameters)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Release the connections."""
        await self.engine.dispose()
        await self._direct.close()

    @asynccontextmanager
    async def _scoped(self, scope: dict[str, str]) -> AsyncIterator[AsyncSession]:
        async with (
            AsyncSession(self.engine, expire_on_commit=False, info=self.info) as session,
            session.begin(),
        ):
            for name, value in scope.items():
                await session.execute(_SCOPE, {"name": name, "value": value})
            yield session
