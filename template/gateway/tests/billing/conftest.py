"""Stripe's API on loopback, and a gateway that is set up for it."""

import json
from collections.abc import AsyncIterator, Iterator
from secrets import token_hex
from typing import Any

import psycopg
import pytest
from aiohttp import web

from devstack.databases import fresh_database, shared_server
from devstack.fixtures import TestTenant
from gateway.bootstrap import World, bootstrap
from gateway.settings import GatewaySettings

CHECKOUT = {
    "mode",
    "line_items[0][price]",
    "client_reference_id",
    "subscription_data[metadata][tenant_id]",
    "success_url",
    "cancel_url",
}
METER_EVENT = {
    "event_name",
    "identifier",
    "payload[stripe_customer_id]",
    "payload[value]",
}


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """Billing has a table of its own."""
    with fresh_database(shared_server(), ports=["billing"]) as urls:
        yield urls


class FakeStripe:
    """Stripe's API as far as it is used: knows its parameters, refuses every other."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.is_down = False
        self.checkouts: list[dict[str, str]] = []
        self.meter_events: list[dict[str, str]] = []

    async def checkout(self, request: web.Request) -> web.Response:
        form = await self._form(request, CHECKOUT, {"customer", "customer_email"})
        self.checkouts.append(form)
        url = "https://checkout.stripe.com/c/pay/example"
        return web.json_response({"id": "cs_1", "object": "checkout.session", "url": url})

    async def meter_event(self, request: web.Request) -> web.Response:
        self.meter_events.append(await self._form(request, METER_EVENT, set()))
        return web.json_response({"object": "billing.meter_event"})

    async def _form(self, request: Any, required: set[str], optional: set[str]) -> dict[str, str]:
        assert request.headers["Authorization"] == f"Bearer {self.key}"
        assert request.headers["Stripe-Version"]
        if self.is_down:
            raise web.HTTPServiceUnavailable(text="{}")
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not required <= set(form) or set(form) - required - optional:
            error = {"error": {"type": "invalid_request_error", "code": "parameter_unknown"}}
            raise web.HTTPBadRequest(text=json.dumps(error), content_type="application/json")
        return form


@pytest.fixture
async def stripe_api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    fake = FakeStripe(token_hex(16))
    app = web.Application()
    app.router.add_post("/v1/checkout/sessions", fake.checkout)
    app.router.add_post("/v1/billing/meter_events", fake.meter_event)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("STRIPE_API_URL", f"http://127.0.0.1:{runner.addresses[0][1]}")
    monkeypatch.setenv("STRIPE_SECRET_KEY", fake.key)
    monkeypatch.setenv("STRIPE_PRICE_ID", "price_1")
    yield fake
    await runner.cleanup()


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    value = token_hex(24)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", value)
    return value


@pytest.fixture
async def app(
    stripe_api: Any, secret: str, gateway_settings: GatewaySettings, world: World
) -> AsyncIterator[Any]:
    app = bootstrap(gateway_settings.model_copy(update={"billing": "stripe"}), world)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def subscribed(tenant: TestTenant, owner: psycopg.Connection) -> TestTenant:
    """The tenant, with a subscription."""
    owner.execute(
        "INSERT INTO billing_customers (tenant_id, customer_id, status, changed_at)"
        " VALUES (%s, 'cus_1', 'active', now())",
        [tenant.id],
    )
    return tenant
