"""The migrations' own promises: safe to repeat, and never as a privileged role."""

from collections.abc import Iterator

import psycopg
import pytest

from devstack.databases import fresh_database, shared_server
from runtime.migrations import migrate
from runtime.settings import RuntimeSettings, SettingsError


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """Those of adapters are migrations too."""
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
