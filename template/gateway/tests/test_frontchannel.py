"""Who signs out at a provider without a back channel is signed out here. covers R-0401."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from httpx2 import AsyncClient

from devstack.fixtures import TestTenant
from gateway.bootstrap import World, bootstrap
from gateway.services import Services
from gateway.settings import GatewaySettings
from oidc_auth.grants import Grant
from oidc_auth.profiles.standard import StandardProfile

SESSION = "3f0c7a52-0d1f-4a6e-9f59-2b8f4f6c1d90"


@pytest.fixture
def world(world: World) -> World:
    """With a provider that has no back channel."""
    return replace(world, profile=StandardProfile(has_front_channel=True))


@pytest.fixture
def granted(services: Services) -> Callable[[str], Grant]:
    """What the provider gives in a session of its own."""

    def grant(session: str) -> Grant:
        return Grant("t", issuer=services.settings.oidc_issuer, subject="ada", session=session)

    return grant


@pytest.fixture
def frame(browsers: Any) -> AsyncClient:
    """A frame on somebody else's page: no cookie, no header of ours."""
    client: AsyncClient = browsers.anonymous()
    for header in ("Origin", "X-Requested-With"):
        del client.headers[header]
    return client


async def test_frontchannel_logout_by_sid(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, frame: Any, granted: Any
) -> None:
    here = await browsers.of(tenant, grant=granted(SESSION))
    elsewhere = await browsers.of(tenant, grant=granted("another"))
    told = await frame.get("/auth/frontchannel", params={"sid": SESSION})
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert (await here.get("/api/me")).status_code == 401
    assert (await elsewhere.get("/api/me")).status_code == 200
    recorded = owner.execute(
        "SELECT actor, reasons FROM audit_log WHERE action = 'session.ended' AND tenant_id = %s",
        [tenant.id],
    ).fetchall()
    assert recorded == [(str(tenant.member.id), ["provider_signed_out"])]


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ({"sid": "made-up"}, 200),
        ({"sid": SESSION, "iss": "https://evil.test"}, 200),
        ({"sid": ""}, 422),
        ({"sid": "x" * 256}, 422),
        ({}, 422),
    ],
)
async def test_frontchannel_ends_nothing_that_the_provider_did_not_name(
    browsers: Any, tenant: TestTenant, frame: Any, granted: Any, named: Any, status: int
) -> None:
    here = await browsers.of(tenant, grant=granted(SESSION))
    assert (await frame.get("/auth/frontchannel", params=named)).status_code == status
    assert (await here.get("/api/me")).status_code == 200


async def test_frontchannel_is_not_there_where_the_provider_has_a_back_channel(
    world: World, gateway_settings: GatewaySettings, opened: Any
) -> None:
    client = await opened(bootstrap(gateway_settings, replace(world, profile=StandardProfile())))
    answer = await client.get("/auth/frontchannel", params={"sid": SESSION})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
