"""What only pgvector has: policies beneath the adapter, and partitions for large tenants."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from devstack.fixtures import TestTenant
from runtime.database import Database
from runtime.product import root
from runtime.settings import RuntimeSettings
from runtime.vectors import DIMENSIONS, Chunk, StoreUnavailableError
from runtime.vectors.pgvector import PgvectorStore, open_store

EMBEDDING = [1.0] + [0.0] * (DIMENSIONS - 1)


async def _store_one(database: Database, tenant: TestTenant) -> None:
    document = uuid4()
    passage = Chunk(uuid4(), document, "Title", 0, "text", EMBEDDING)
    await PgvectorStore(database).replace(tenant.id, document, [passage])


async def test_chunks_are_hidden_by_the_database_itself(
    database: Database, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    # covers R-0405
    await _store_one(database, other_tenant)
    async with database.tenant(tenant.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM chunks")) == 0


async def test_chunks_can_not_be_read_around_the_policy(
    database: Database, tenant: TestTenant
) -> None:
    async with database.tenant(tenant.id) as session:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text("SELECT count(*) FROM chunks_default"))


async def test_search_finds_a_large_tenants_rows_in_its_own_partition(
    database: Database, tenant: TestTenant, other_tenant: TestTenant, database_urls: tuple[str, str]
) -> None:
    for owner in (tenant, other_tenant):
        await _store_one(database, owner)
    recipe = (root() / "docs/vectors/pgvector.md").read_text().split("```")[1].removeprefix("sql\n")
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        connection.execute(recipe.replace("…", str(tenant.id)).encode())
    found = await PgvectorStore(database).search(tenant.id, EMBEDDING)
    assert [match.text for match in found] == ["text"]


async def test_store_says_that_the_database_is_down(
    settings: RuntimeSettings, tenant: TestTenant
) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://app@127.0.0.1:1/app"})
    store = await open_store(nowhere)
    with pytest.raises(StoreUnavailableError):
        await store.search(tenant.id, EMBEDDING)
    await store.close()
