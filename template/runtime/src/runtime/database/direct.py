"""Connections for what every request asks: each statement a transaction, each one round trip."""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

# A statement with arrays would else be planned at each call, which takes as long as its rows.
_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


class Direct:
    """Lends a connection for one statement; it connects when first used.

    SQLAlchemy's pool takes longer to lend one than the statement takes here, and psycopg's lets
    everybody wait for a database that is away. This one is a list, and says at once what is wrong.
    """

    def __init__(self, url: URL, most: int) -> None:
        own = url.set(drivername="postgresql")
        self._address = own.render_as_string(hide_password=False)
        self._turns = asyncio.Semaphore(most)
        self._idle: list[psycopg.AsyncConnection[Any]] = []

    async def run(self, statement: str, parameters: Mapping[str, object]) -> list[Any]:
        """Run a statement, prepared, with ``%(name)s`` for parameters; return its rows.

        Raises:
            DBAPIError: as SQLAlchemy would; ``connection_invalidated`` where the connection died,
                and perhaps its statement with it.
        """
        async with self._turns:
            connection = self._idle.pop() if self._idle else await self._connect()
            try:
                cursor = await connection.execute(statement.encode(), parameters, prepare=True)
                return await cursor.fetchall()
            except psycopg.Error as error:
                raise _as_sqlalchemy(statement, error, is_dead=connection.closed) from error
            finally:
                # Otherwise it died, or whoever asked gave up while it was busy.
                if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                    self._idle.append(connection)
                else:
                    await connection.close()

    async def close(self) -> None:
        """Close what is idle; it may be used again."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        try:
            connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
        except psycopg.Error as error:
            raise _as_sqlalchemy("", error, is_dead=False) from error
        try:
            await connection.execute(_PLAN_ONCE)
        except BaseException:
            await connection.close()
            raise
        return connection


def _as_sqlalchemy(statement: str, error: psycopg.Error, *, is_dead: bool) -> BaseException:
    return DBAPIError.instance(
        statement, None, error, psycopg.Error, connection_invalidated=is_dead
    )
