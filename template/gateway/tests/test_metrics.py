"""What the alerts read is really there. covers R-0602."""

from dataclasses import replace
from typing import Any

import pytest
from httpx2 import AsyncClient
from prometheus_client import CollectorRegistry

from devstack.fixtures import TestTenant
from devstack.metrics import metric_faults, read_catalogue
from gateway.bootstrap import World, bootstrap
from gateway.settings import GatewaySettings
from runtime.product import root


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def app(world: World, gateway_settings: GatewaySettings, registry: CollectorRegistry) -> Any:
    app = bootstrap(gateway_settings, replace(world, registry=registry))
    async with app.router.lifespan_context(app):
        yield app


async def ask(client: AsyncClient) -> int:
    conversation = (await client.post("/api/conversations")).json()["id"]
    path = f"/api/conversations/{conversation}/answers"
    return (await client.post(path, json={"question": "How long?"})).status_code


def answers(registry: CollectorRegistry, tenant: TestTenant, outcome: str) -> float | None:
    labels = {"tenant_id": str(tenant.id), "outcome": outcome}
    return registry.get_sample_value("gateway_answers_total", labels)


async def test_gateway_exposes_what_the_objectives_read(browsers: Any, tenant: TestTenant) -> None:
    catalogue = read_catalogue(root())
    client = await browsers.of(tenant)
    assert await ask(client) == 200
    response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert metric_faults(catalogue, "gateway", response.text) == []
    renamed = {name.replace("token", "word"): listed for name, listed in catalogue.items()}
    assert metric_faults(renamed, "gateway", response.text) == [
        "gateway_first_word_seconds: is not exposed"
    ]


async def test_requests_are_timed_under_their_routes_template(
    browsers: Any, tenant: TestTenant, registry: CollectorRegistry
) -> None:
    client = await browsers.of(tenant)
    assert await ask(client) == 200
    await client.get("/no/such/page")
    for method, route, status in (
        ("POST", "/api/conversations/{conversation_id}/answers", "200"),
        ("GET", "", "404"),
    ):
        labels = {
            "http_request_method": method,
            "http_route": route,
            "http_response_status_code": status,
        }
        name = "http_server_request_duration_seconds_count"
        assert registry.get_sample_value(name, labels) == 1


async def test_answer_counts_once_and_begins_with_its_first_token(
    browsers: Any, tenant: TestTenant, registry: CollectorRegistry
) -> None:
    assert await ask(await browsers.of(tenant)) == 200
    assert answers(registry, tenant, "done") == 1
    assert answers(registry, tenant, "error") is None
    assert registry.get_sample_value("gateway_first_token_seconds_count") == 1


@pytest.mark.parametrize("fault", ["breaks_off", "reports_error"])
async def test_answer_that_breaks_off_is_an_error(
    browsers: Any, tenant: TestTenant, model: Any, registry: CollectorRegistry, fault: str
) -> None:
    setattr(model, fault, True)
    assert await ask(await browsers.of(tenant)) == 200
    assert (answers(registry, tenant, "done"), answers(registry, tenant, "error")) == (None, 1)


@pytest.mark.parametrize(("status", "errors"), [(500, 1), (429, None)])
async def test_answer_that_never_begins_is_an_error_unless_the_caller_was_too_fast(
    browsers: Any,
    tenant: TestTenant,
    model: Any,
    registry: CollectorRegistry,
    status: int,
    errors: int | None,
) -> None:
    model.status = status
    assert await ask(await browsers.of(tenant)) >= 400
    assert answers(registry, tenant, "error") == errors
