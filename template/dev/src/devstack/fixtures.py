"""Real services for every component's tests: ``pytest_plugins = ["devstack.fixtures"]``.

Cheap to ask for: the server is shared by the whole run, a test module gets a database of its own.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from devstack.databases import IN_MEMORY, fresh_database, shared_server
from devstack.services import start_missing, stop_all
from runtime.caches import Cache, open_cache
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
    """(app's address, owner's address) of this module's database."""
    with fresh_database(shared_server()) as urls:
        yield urls


@pytest.fixture(scope="module")
def base_database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """Like ``database_urls``, without the tables of adapters: for suites that use none."""
    with fresh_database(shared_server(), ports=()) as urls:
        yield urls


@pytest.fixture(scope="session")
def service_urls(
    _test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Settings that name the other services which the chosen adapters need."""
    folder = tmp_path_factory.mktemp("services")
    services = start_missing(folder, {"DATABASE_URL": "each module has its own"})
    try:
        yield {name: value for service in services for name, value in service.settings.items()}
    finally:
        stop_all(services)


@pytest.fixture(scope="session")
def chosen(
    _test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], dict[str, str]]]:
    """Settings of one port's chosen adapter, its service running: ``chosen("jobs")``."""
    known = {"DATABASE_URL": "each module has its own"}
    with ExitStack() as stack:

        @lru_cache
        def choose(port: str) -> dict[str, str]:
            name: str = read_product_file()["adapters"][port]
            services = start_missing(tmp_path_factory.mktemp(name), known, [name])
            stack.callback(stop_all, services)
            found = {key: value for each in services for key, value in each.settings.items()}
            return {port: name, **{key.lower(): value for key, value in found.items()}}

        yield choose


@pytest.fixture
def base_settings_values(database_urls: tuple[str, str]) -> dict[str, Any]:
    """Like ``settings_values``, with nothing that an option brings: ``JOBS=memory`` and so on."""
    return {
        "environment": "test",
        "database_url": database_urls[0],
        "database_admin_url": database_urls[1],
        "log_level": "debug",
        "model_proxy_key": secrets.token_urlsafe(32),
        **IN_MEMORY,
    }


@pytest.fixture
def base_settings(base_settings_values: dict[str, Any]) -> RuntimeSettings:
    """Settings under which nothing that an option brings is used."""
    return RuntimeSettings(**base_settings_values)


@pytest.fixture
def settings_values(database_urls: tuple[str, str], service_urls: dict[str, str]) -> dict[str, Any]:
    """What any service's settings can be made of: ``GatewaySettings(**settings_values, …)``."""
    return {
        "environment": "test",
        "database_url": database_urls[0],
        "database_admin_url": database_urls[1],
        "log_level": "debug",
        "model_proxy_key": secrets.token_urlsafe(32),
        **{name.lower(): value for name, value in service_urls.items()},
    }


@pytest.fixture
def settings(settings_values: dict[str, Any]) -> RuntimeSettings:
    """The test environment's settings, with the adapters that ``product.toml`` names."""
    return RuntimeSettings(**settings_values)


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
    """The chosen job queue; a failing job is tried twice, at once."""
    opened = await open_queue(settings, backoff=Backoff(attempts=2, first_s=0.01))
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def store(settings: RuntimeSettings) -> AsyncIterator[VectorStore]:
    """The chosen vector store."""
    opened = await open_store(settings)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def cache(settings: RuntimeSettings) -> AsyncIterator[Cache]:
    """The chosen cache."""
    opened = await open_cache(settings)
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
