"""Our side of the attacks: sign-in as the gateway wires it, with a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from devstack.attacks.parties import Visit
from devstack.attacks.plain import PlainParty
from devstack.attacks.provider import ISSUER, HostileProvider
from devstack.attacks.sign_in import Attack
from devstack.fixtures import TestTenant
from oidc_auth.audit import AuditLog
from oidc_auth.config import AuthSettings
from oidc_auth.login import Arrival, Login
from oidc_auth.oidc import OidcClient
from oidc_auth.refresh import Refresher
from oidc_auth.replay import PostgresReplays
from oidc_auth.sessions import Sessions
from oidc_auth.transactions import Transactions
from runtime.database import Database
from runtime.errors import ServiceError


class OurParty:
    """What the gateway's routes call, without HTTP."""

    def __init__(self, login: Login) -> None:
        self.login = login

    async def begin(self) -> Visit:
        departure = await self.login.begin(return_to="/")
        query = parse_qs(urlsplit(departure.url).query)
        return Visit(departure.state, query["nonce"][0], {"binding": departure.binding})

    async def finish(self, visit: Visit, parameters: Mapping[str, str]) -> str:
        arrival = await self.login.complete(parameters, binding=visit.cookies["binding"])
        assert isinstance(arrival, Arrival)
        return str((await self.login.sessions.find(arrival.sid)).id)


@pytest.fixture
def ada(tenant: TestTenant, owner: psycopg.Connection, provider: HostileProvider) -> Any:
    """The tenant's member has an account at the hostile provider."""
    subject = f"ada-{tenant.slug}"
    owner.execute(
        "UPDATE users SET issuer = %s, subject = %s WHERE id = %s",
        [ISSUER, subject, tenant.member.id],
    )
    provider.claims = {"sub": subject, "oid": subject}
    return tenant.member


@pytest.fixture
async def our_login(
    auth_settings: AuthSettings, database: Database, provider: HostileProvider, audit_log: AuditLog
) -> AsyncIterator[Login]:
    def clock() -> float:
        return provider.clock()

    client = OidcClient(auth_settings, clock=clock, transport=provider.transport())
    sessions = Sessions(database, auth_settings, clock)
    yield Login(
        database,
        client,
        Transactions(database, clock, lifetime_s=600),
        sessions,
        audit_log,
        client.logout_verifier(PostgresReplays(database, clock)),
        Refresher(sessions, client),
    )
    await client.aclose()


@pytest.fixture
def ours(our_login: Login, ada: Any) -> OurParty:
    return OurParty(our_login)


@pytest.fixture
def plain(provider: HostileProvider) -> PlainParty:
    return PlainParty(provider)


@pytest.fixture
def refusal(ours: OurParty, provider: HostileProvider) -> Callable[[Attack], Awaitable[str]]:
    """Run an attack on us; return why it was refused."""

    async def run(attack: Attack) -> str:
        with pytest.raises(ServiceError) as caught:
            await attack(ours, provider)
        return str(getattr(caught.value, "reason", caught.value.code))

    return run
