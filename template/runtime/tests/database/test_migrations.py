"""The migrations' own promises: safe to repeat, no privileged role, no table without its policy."""

from collections.abc import Iterator

import psycopg
import pytest

from devstack.databases import fresh_database, shared_server
from runtime.migrations import migrate
from runtime.settings import RuntimeSettings, SettingsError

# Every table that holds a tenant's rows, found in the database: a new one can't be forgotten.
TENANT_TABLES = (
    "SELECT table_name FROM information_schema.columns JOIN pg_class ON relname = table_name"
    " WHERE table_schema = 'public' AND column_name = 'tenant_id' AND relkind IN ('r', 'p')"
)


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """Adapters bring tables and migrations too."""
    with fresh_database(shared_server()) as urls:
        yield urls


def test_migrate_twice_is_the_same_as_once(settings: RuntimeSettings) -> None:
    before = _versions(settings.database_admin_url)
    migrate(settings)
    assert _versions(settings.database_admin_url) == before
    assert before


def test_migrate_refuses_a_superuser_for_the_services(settings: RuntimeSettings) -> None:
    privileged = settings.model_copy(update={"database_url": settings.database_admin_url})
    with pytest.raises(SettingsError, match="Row-level security"):
        migrate(privileged)


def test_migrate_refuses_a_role_that_is_not_there(settings: RuntimeSettings) -> None:
    unknown = settings.model_copy(
        update={"database_url": settings.database_url.replace("//app@", "//nobody@")}
    )
    with pytest.raises(SettingsError, match="nobody"):
        migrate(unknown)


def test_migrate_needs_the_owners_address(settings: RuntimeSettings) -> None:
    with pytest.raises(SettingsError, match="DATABASE_ADMIN_URL"):
        migrate(settings.model_copy(update={"database_admin_url": ""}))


def test_migrate_serves_a_login_of_another_name(settings: RuntimeSettings) -> None:
    url = settings.database_url.replace("//app@", "//service@")
    with psycopg.connect(settings.database_admin_url, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS service")
        owner.execute("CREATE ROLE service LOGIN")
        migrate(settings.model_copy(update={"database_url": url}))
        try:
            with psycopg.connect(url) as service:
                row = service.execute("SELECT count(*) FROM conversations").fetchone()
                assert row == (0,)
        finally:
            owner.execute("DROP ROLE service")


def _versions(owner_url: str) -> set[str]:
    with psycopg.connect(owner_url) as owner:
        return {name for (name,) in owner.execute("SELECT version_num FROM alembic_version")}


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
