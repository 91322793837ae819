"""Real services for every component's tests: ``pytest_plugins = ["devstack.fixtures"]``.

Cheap to ask for: the server is shared by the whole run, a test module gets a database of its own.
"""

import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio
import structlog

from devstack.databases import IN_MEMORY, fresh_database, shared_server
from devstack.services import start_missing, stop_all
from runtime.database import Database
from runtime.product import read_product_file
from runtime.queues import Backoff, JobQueue, open_queue
from runtime.settings import RuntimeSettings
from runtime.vectors import VectorStore, open_store

ISSUER = "http://localhost:9000"
ROLES = ("member", "reviewer", "admin")


@dataclass(frozen=True)
class Person:
    """A user of a test's tenant; the subject is also the one at the identity provider."""

    id: UUID
    subject: str
    email: str
    role: str


@dataclass(frozen=True)
class TestTenant:
    """A tenant with one person per role, made for one test."""

    __test__ = False

    id: UUID
    slug: str
    member: Person
    reviewer: Person
    admin: Person


@pytest.fixture(scope="session", autouse=True)
def _test_environment() -> Iterator[None]:
    """A developer's .env and shell must not change what the tests see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVIRONMENT", "test")
        for name in RuntimeSettings.model_fields:
            if name != "environment":
                patch.delenv(name.upper(), raising=False)
        yield


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """(app's address, owner's address) of this module's database, without tables of adapters."""
    with fresh_database(shared_server(), ports=()) as urls:
        yield urls


@pytest.fixture(scope="session")
def serving(
    _test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], dict[str, str]]]:
    """Starts the service that an adapter is named after, if there is one, for the whole run.

    What it returns are the settings that say where the service is.
    """
    known = {"DATABASE_URL": "each module has its own"}
    with ExitStack() as stack:

        @lru_cache
        def start(name: str) -> dict[str, str]:
            services = start_missing(tmp_path_factory.mktemp(name), known, [name])
            stack.callback(stop_all, services)
            return {key.lower(): text for each in services for key, text in each.settings.items()}

        yield start


@pytest.fixture
def chosen(serving: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
    """Settings of one port's chosen adapter, its service running: ``chosen("jobs")``."""

    def choose(port: str) -> dict[str, str]:
        name: str = read_product_file()["adapters"][port]
        return {port: name, **serving(name)}

    return choose


@pytest.fixture
def settings_values(database_urls: tuple[str, str]) -> dict[str, Any]:
    """What any service's settings can be made of: ``GatewaySettings(**settings_values, …)``.

    Nothing that an option brings is used: ``JOBS=memory`` and so on.
    """
    return {
        "environment": "test",
        "database_url": database_urls[0],
        "database_admin_url": database_urls[1],
        "log_level": "debug",
        "model_proxy_key": secrets.token_urlsafe(32),
        **IN_MEMORY,
    }


@pytest.fixture
def settings(settings_values: dict[str, Any]) -> RuntimeSettings:
    """The test environment's settings."""
    return RuntimeSettings(**settings_values)


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Let a test configure the logs; afterwards they are as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@contextmanager
def lent_folder() -> Iterator[Path]:
    """Lend a folder for what a whole product stores, outside of pytest's own.

    Started by root, PostgreSQL runs under an account of its own, to which each start of pytest
    shuts the folders of all its runs.
    """
    with TemporaryDirectory(prefix="devstack-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest_asyncio.fixture
async def database(settings: RuntimeSettings) -> AsyncIterator[Database]:
    """The module's database, as the services see it."""
    opened = Database.open(settings)
    yield opened
    await opened.close()


@pytest.fixture
def make_tenant(database_urls: tuple[str, str]) -> Callable[[], TestTenant]:
    """Makes a tenant with a member, a reviewer and an admin."""

    def make() -> TestTenant:
        with psycopg.connect(database_urls[1]) as connection:
            return _insert_tenant(connection)

    return make


@pytest.fixture
def tenant(make_tenant: Callable[[], TestTenant]) -> TestTenant:
    """The tenant that a test works as."""
    return make_tenant()


@pytest.fixture
def other_tenant(make_tenant: Callable[[], TestTenant]) -> TestTenant:
    """The one that must never be seen."""
    return make_tenant()


@pytest_asyncio.fixture
async def queue(settings: RuntimeSettings) -> AsyncIterator[JobQueue]:
    """The job queue of the settings; a failing job is tried twice, at once."""
    opened = await open_queue(settings, backoff=Backoff(attempts=2, first_s=0.01))
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def store(settings: RuntimeSettings) -> AsyncIterator[VectorStore]:
    """The vector store of the settings."""
    opened = await open_store(settings)
    yield opened
    await opened.close()


def _insert_tenant(connection: psycopg.Connection) -> TestTenant:
    tenant_id, slug = uuid4(), f"tenant-{uuid4().hex[:12]}"
    connection.execute(
        "INSERT INTO tenants (id, slug, name) VALUES (%s, %s, %s)", [tenant_id, slug, slug]
    )
    people = {
        role: Person(uuid4(), f"{slug}-{role}", f"{role}@{slug}.example", role) for role in ROLES
    }
    for person in people.values():
        connection.execute(
            "INSERT INTO users (id, tenant_id, issuer, subject, email, name, roles)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                person.id,
                tenant_id,
                ISSUER,
                person.subject,
                person.email,
                person.role,
                [person.role],
            ],
        )
    return TestTenant(tenant_id, slug, **people)
