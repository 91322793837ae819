"""What every request passes. covers R-0209, R-0404."""

from typing import Any

import pytest

from gateway.bootstrap import World, bootstrap
from gateway.edge.buckets import TokenBuckets
from gateway.settings import GatewaySettings
from runtime.errors import TooManyRequestsError


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_buckets_allow_a_burst_then_the_average() -> None:
    clock = Clock()
    buckets = TokenBuckets(per_s=0.5, burst=3, clock=clock)
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(TooManyRequestsError) as caught:
        buckets.take("a")
    assert caught.value.retry_after_s == 2
    clock.now += 2
    buckets.take("a")
    with pytest.raises(TooManyRequestsError):
        buckets.take("a")


def test_buckets_keep_keys_apart() -> None:
    buckets = TokenBuckets(per_s=1, burst=1, clock=Clock())
    buckets.take("a")
    buckets.take("b")


def test_buckets_never_hold_more_than_the_burst() -> None:
    clock = Clock()
    buckets = TokenBuckets(per_s=1, burst=2, clock=clock)
    clock.now += 1000
    buckets.take("a")
    buckets.take("a")
    with pytest.raises(TooManyRequestsError):
        buckets.take("a")


def test_buckets_forget_the_oldest_of_too_many_keys() -> None:
    buckets = TokenBuckets(per_s=1, burst=1, clock=Clock())
    for number in range(20_000):
        buckets.take(str(number))
    assert len(buckets._buckets) == 10_000


async def test_address_is_slowed_down_but_health_is_always_told(
    gateway_settings: GatewaySettings, opened: Any
) -> None:
    settings = gateway_settings.model_copy(update={"requests_burst": 2})
    client = await opened(bootstrap(settings, World(monotonic=Clock())))
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


async def test_unknown_path_is_a_problem(browsers: Any) -> None:
    response = await browsers.anonymous().get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_ready_says_that_the_database_answers(browsers: Any) -> None:
    response = await browsers.anonymous().get("/ready")
    assert response.json() == {"status": "ok", "checks": {"database": "ok"}}


async def test_gateway_offers_no_interactive_documentation(browsers: Any) -> None:
    client = browsers.anonymous()
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404
