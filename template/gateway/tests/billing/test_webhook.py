"""Only Stripe says who pays. covers R-0303, R-0609."""

import hashlib
import hmac
import json
import time
from secrets import token_hex
from typing import Any

import pytest

from devstack.fixtures import TestTenant


def subscription(tenant: TestTenant, status: str, *, created: float = 0) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "customer.subscription.updated",
        "created": int(created or time.time()),
        "data": {
            "object": {
                "object": "subscription",
                "customer": "cus_1",
                "status": status,
                "metadata": {"tenant_id": str(tenant.id)},
            }
        },
    }
    return json.dumps(event).encode()


def signed(payload: bytes, secret: str, *, at: float = 0) -> dict[str, str]:
    """Sign as Stripe documents it: HMAC-SHA256 over ``timestamp.payload``."""
    moment = int(at or time.time())
    digest = hmac.digest(secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256).hex()
    return {"Stripe-Signature": f"t={moment},v1={digest}"}


async def deliver(browsers: Any, payload: bytes, headers: dict[str, str]) -> Any:
    client = browsers.anonymous()
    client.headers.pop("Origin")
    client.headers.pop("X-Requested-With")
    return await client.post("/api/billing/webhook", content=payload, headers=headers)


async def status_of(browsers: Any, tenant: TestTenant) -> str:
    client = await browsers.of(tenant, "admin")
    return str((await client.get("/api/billing")).json()["status"])


@pytest.mark.parametrize(
    ("told", "shown"),
    [("active", "active"), ("trialing", "active"), ("unpaid", "past_due"), ("canceled", "ended")],
)
async def test_webhook_changes_what_the_tenant_sees(
    browsers: Any, tenant: TestTenant, secret: str, told: str, shown: str
) -> None:
    assert await status_of(browsers, tenant) == "none"
    payload = subscription(tenant, told)
    assert (await deliver(browsers, payload, signed(payload, secret))).status_code == 204
    assert await status_of(browsers, tenant) == shown


async def test_webhook_refuses_what_stripe_did_not_sign(
    browsers: Any, tenant: TestTenant, secret: str
) -> None:
    payload = subscription(tenant, "active")
    other = subscription(tenant, "canceled")
    late = time.time() - 3600
    for headers in (
        {},
        {"Stripe-Signature": "t=1,v1=0"},
        signed(payload, token_hex(24)),
        signed(other, secret),
        signed(payload, secret, at=late),
    ):
        response = await deliver(browsers, payload, headers)
        assert (response.status_code, response.json()["code"]) == (400, "webhook_refused")
    assert await status_of(browsers, tenant) == "none"


async def test_webhook_never_lets_older_news_win(
    browsers: Any, tenant: TestTenant, secret: str
) -> None:
    now = time.time()
    for status, created in (("canceled", now), ("active", now - 60)):
        payload = subscription(tenant, status, created=created)
        await deliver(browsers, payload, signed(payload, secret))
    assert await status_of(browsers, tenant) == "ended"


async def test_webhook_ignores_what_is_not_about_a_tenant(
    browsers: Any, tenant: TestTenant, secret: str
) -> None:
    for event in (
        {"type": "invoice.paid", "created": 1, "data": {"object": {}}},
        {"type": "customer.subscription.updated", "created": 1, "data": {"object": {}}},
    ):
        payload = json.dumps(event).encode()
        assert (await deliver(browsers, payload, signed(payload, secret))).status_code == 204
