"""What the suites of sign-in share; the provider is one that a test can make lie."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import pytest

from devstack.attacks.provider import CLIENT_ID, ISSUER, HostileProvider
from devstack.databases import IN_MEMORY
from devstack.fixtures import TestTenant
from devstack.identity import identity  # noqa: F401 - a fixture
from oidc_auth.audit import AuditKeys, AuditLog
from oidc_auth.config import AuthSettings
from oidc_auth.login import Login
from oidc_auth.oidc import Challenge, OidcClient
from oidc_auth.people import Person
from oidc_auth.refresh import Refresher
from oidc_auth.replay import PostgresReplays
from oidc_auth.sessions import Sessions
from oidc_auth.transactions import Transactions
from runtime.database import Database


@pytest.fixture(autouse=True)
def _without_adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-in opens nothing that an option brings; nor do its commands."""
    for port, name in IN_MEMORY.items():
        monkeypatch.setenv(port.upper(), name)


@pytest.fixture
def chosen_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign people in through the profile of the provider that this product was built for."""
    monkeypatch.delenv("IDENTITY")


@pytest.fixture
def owner(database_urls: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


@pytest.fixture
def person_of() -> Callable[..., Person]:
    """Make the person of a tenant's role: ``person_of(tenant, "admin")``."""
    return _person_of


def _person_of(tenant: TestTenant, role: str = "member") -> Person:
    user = getattr(tenant, role)
    return Person(
        id=user.id,
        email=user.email,
        name=role,
        roles=frozenset({role}),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.slug,
        is_paused=False,
    )


@pytest.fixture
def provider() -> HostileProvider:
    return HostileProvider()


@pytest.fixture
def auth_settings() -> AuthSettings:
    return AuthSettings(
        environment="test",
        oidc_issuer=ISSUER,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret="not-used-elsewhere",
        session_secret="s" * 32,
        public_url="https://app.test",
    )


@pytest.fixture
def challenge(provider: HostileProvider) -> Challenge:
    challenge = Challenge.new(state="state")
    provider.nonce = challenge.nonce
    return challenge


@pytest.fixture
async def client(
    auth_settings: AuthSettings, provider: HostileProvider
) -> AsyncIterator[OidcClient]:
    client = OidcClient(auth_settings, clock=time.time, transport=provider.transport())
    yield client
    await client.aclose()


@pytest.fixture
def sessions(
    database: Database, auth_settings: AuthSettings, clock: "TestClock", audit_log: AuditLog
) -> Sessions:
    return Sessions(database, auth_settings, clock)


@pytest.fixture
def transactions(database: Database, clock: "TestClock") -> Transactions:
    return Transactions(database, clock, lifetime_s=600)


@pytest.fixture
async def audit_log(
    database: Database, auth_settings: AuthSettings, clock: "TestClock"
) -> AsyncIterator[AuditLog]:
    log = AuditLog(database, AuditKeys.read(auth_settings), clock=clock)
    yield log
    await log.close()


@pytest.fixture
def login(
    database: Database,
    client: OidcClient,
    transactions: Transactions,
    sessions: Sessions,
    audit_log: AuditLog,
    clock: "TestClock",
) -> Login:
    return Login(
        database,
        client,
        transactions,
        sessions,
        audit_log,
        client.logout_verifier(PostgresReplays(database, clock)),
        Refresher(sessions, client),
    )


class TestClock:
    """Stands still until the test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> TestClock:
    return TestClock()
