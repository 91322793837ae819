"""Every table of tenants' rows has its policy, those that adapters bring too."""

from collections.abc import Iterator

import psycopg
import pytest

from devstack.databases import fresh_database, shared_server

# Every table that holds a tenant's rows, found in the database: a new one can't be forgotten.
TENANT_TABLES = (
    "SELECT table_name FROM information_schema.columns JOIN pg_class ON relname = table_name"
    " WHERE table_schema = 'public' AND column_name = 'tenant_id' AND relkind IN ('r', 'p')"
)


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """All tables of this repo."""
    with fresh_database(shared_server()) as urls:
        yield urls


def unprotected(owner_url: str) -> set[str]:
    """Tables of tenants' rows where security is off, not forced, or without any policy."""
    query = (
        f"SELECT relname FROM pg_class WHERE relname IN ({TENANT_TABLES}) AND"
        " (NOT relrowsecurity OR NOT relforcerowsecurity OR (relispartition IS FALSE AND"
        " NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)))"
    )
    with psycopg.connect(owner_url) as owner:
        return {name for (name,) in owner.execute(query.encode())}


def test_every_table_of_tenants_forces_its_policy(database_urls: tuple[str, str]) -> None:
    assert unprotected(database_urls[1]) == set()


@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        (
            "ALTER TABLE reviews NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE reviews FORCE ROW LEVEL SECURITY",
        ),
        (
            "ALTER TABLE reviews DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE reviews ENABLE ROW LEVEL SECURITY",
        ),
        (
            "DROP POLICY tenant ON reviews",
            "CREATE POLICY tenant ON reviews USING (tenant_id = current_tenant())",
        ),
        ("CREATE TABLE forgotten (tenant_id uuid)", "DROP TABLE forgotten"),
    ],
)
def test_the_search_for_unprotected_tables_finds_a_planted_one(
    database_urls: tuple[str, str], fault: str, repair: str
) -> None:
    with psycopg.connect(database_urls[1], autocommit=True) as owner:
        owner.execute(fault.encode())
        try:
            assert len(unprotected(database_urls[1])) == 1
        finally:
            owner.execute(repair.encode())
