"""Transactions, and the models against the schema that the migrations make."""

import asyncio

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from devstack.fixtures import TestTenant
from runtime.database import Database
from runtime.database.models import Base, Conversation
from runtime.settings import RuntimeSettings, SettingsError


async def test_tenant_rolls_back_on_an_exception(database: Database, tenant: TestTenant) -> None:
    row = Conversation(tenant_id=tenant.id, user_id=tenant.member.id, title="never kept")

    async def write_and_fail() -> None:
        async with database.tenant(tenant.id) as session:
            session.add(row)
            await session.flush()
            raise RuntimeError("planted")

    with pytest.raises(RuntimeError, match="planted"):
        await write_and_fail()
    async with database.tenant(tenant.id) as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_ping_answers(database: Database) -> None:
    await database.ping()


async def test_ping_raises_when_the_database_is_down(settings: RuntimeSettings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://app@127.0.0.1:1/app"})
    closed = Database.open(nowhere)
    with pytest.raises(OperationalError):
        await closed.ping()
    await closed.close()


async def test_call_comes_back_after_the_database_hung_up(
    database: Database, database_urls: tuple[str, str]
) -> None:
    query = "SELECT pg_backend_pid()"
    ((before,),) = await database.call(query, {})
    with psycopg.connect(database_urls[1], autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 10000)", [before])
    ((after,),) = await database.call(query, {})
    assert after != before


async def test_call_works_after_somebody_gave_up(database: Database) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await database.call("SELECT pg_sleep(600)", {})
    assert await database.call("SELECT 1", {}) == [(1,)]


async def test_calls_are_planned_once(settings: RuntimeSettings) -> None:
    database = Database.open(settings)
    for many in range(1, 11):
        await database.call("SELECT unnest(%(many)s::int[])", {"many": list(range(many))})
    planned = "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
    rows = await database.call(f"{planned} WHERE statement LIKE 'SELECT unnest%%'", {})
    await database.close()
    assert rows == [(10, 0)]


async def test_calls_wait_for_one_of_few_connections(settings: RuntimeSettings) -> None:
    database = Database.open(settings, pool_size=1)
    query = "SELECT pg_backend_pid() FROM pg_sleep(0.01)"
    answers = await asyncio.gather(*(database.call(query, {}) for _ in range(6)))
    await database.close()
    assert len({pid for ((pid,),) in answers}) == 2


async def test_call_raises_when_the_database_is_down(settings: RuntimeSettings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://app@127.0.0.1:1/app"})
    with pytest.raises(OperationalError):
        await Database.open(nowhere).call("SELECT 1", {})


async def test_call_raises_what_the_statement_raises(database: Database) -> None:
    with pytest.raises(ProgrammingError):
        await database.call("SELECT nothing_like_it", {})


def test_open_needs_an_address(settings: RuntimeSettings) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        Database.open(settings.model_copy(update={"database_url": ""}))


def differences(owner_url: str) -> list[object]:
    """What Alembic would change to make the schema as the models say, adapters' tables aside."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in Base.metadata.tables

    def is_compared(_object: object, _name: str | None, kind: str, *_: object) -> bool:
        return kind in {"table", "column"}

    with engine.connect() as connection:
        options = {"include_name": is_ours, "include_object": is_compared, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return list(found)


def test_models_are_what_the_migrations_make(database_urls: tuple[str, str]) -> None:
    assert differences(database_urls[1]) == []


def test_models_that_differ_are_noticed(database_urls: tuple[str, str]) -> None:
    engine = create_engine(make_url(database_urls[1]).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE reviews ADD COLUMN planted text"))
    try:
        assert len(differences(database_urls[1])) == 1
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE reviews DROP COLUMN planted"))
        engine.dispose()
