"""What every request passes. covers R-0209, R-0404."""

import json
from dataclasses import replace
from typing import Any

import pytest

from devstack.fixtures import TestTenant
from gateway.bootstrap import World, bootstrap
from gateway.routes import route_modules
from gateway.settings import GatewaySettings
from oidc_auth.policy import AuthPolicy
from oidc_auth.policy.limits import LimitsPolicy, RatePolicy
from runtime.logs import configure_logs
from runtime.settings import SettingsError

PUBLIC = {"/api", "/auth", "/oauth"}
"""What the doors hand on; one more has to be added to ui/vite.config.ts and infra/."""


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_address_is_slowed_down_but_health_is_always_told(
    world: World, gateway_settings: GatewaySettings, opened: Any
) -> None:
    policy = AuthPolicy(limits=LimitsPolicy(address=RatePolicy(per_s=1, burst=2)))
    client = await opened(bootstrap(gateway_settings, replace(world, clock=Clock(), policy=policy)))
    client.headers["X-Forwarded-For"] = "203.0.113.9"  # a claim, and not believed
    statuses = [(await client.get("/api/product")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = await client.get("/api/product")
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["code"] == "too_many_requests"
    assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize("path", ["/api/product", "/api/me", "/nowhere", "/auth/login"])
async def test_response_carries_security_headers(browsers: Any, path: str) -> None:
    headers = (await browsers.anonymous().get(path)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["strict-transport-security"]
    assert headers["x-correlation-id"]
    assert "server" not in headers


async def test_request_is_logged_with_its_tenant_and_the_next_without(
    browsers: Any,
    tenant: TestTenant,
    gateway_settings: GatewaySettings,
    capsys: pytest.CaptureFixture[str],
    restored_logs: None,
) -> None:
    configure_logs("gateway", gateway_settings.model_copy(update={"log_level": "info"}))
    member = await browsers.of(tenant)
    await member.get("/api/me")
    await browsers.anonymous().get("/api/product")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    tenants = {line["path"]: line.get("tenant_id") for line in lines if line["event"] == "request"}
    assert tenants == {"/api/me": str(tenant.id), "/api/product": None}


async def test_unknown_path_is_a_problem(browsers: Any) -> None:
    response = await browsers.anonymous().get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_ready_says_that_the_database_answers(browsers: Any) -> None:
    response = await browsers.anonymous().get("/ready")
    assert response.json() == {"status": "ok", "checks": {"database": "ok"}}


def test_routes_are_where_the_doors_lead_or_for_our_own_services() -> None:
    paths = [getattr(route, "path", "") for each in route_modules() for route in each.router.routes]
    assert {f"/{path.split('/')[1]}" for path in paths} == PUBLIC | {"/.well-known"}


def test_billing_that_is_not_here_is_named(world: World, gateway_settings: GatewaySettings) -> None:
    barter = gateway_settings.model_copy(update={"billing": "barter"})
    with pytest.raises(SettingsError, match=r"'barter' is not part .* there are: \w+\."):
        bootstrap(barter, world)


async def test_gateway_offers_no_interactive_documentation(browsers: Any) -> None:
    client = browsers.anonymous()
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404
