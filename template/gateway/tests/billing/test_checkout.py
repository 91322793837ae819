"""Subscribing, and reporting what was used. covers R-0303, R-0609."""

import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from devstack.fixtures import TestTenant
from gateway.billing import Consumption
from gateway.billing.stripe.hook import BillingUnavailableError
from gateway.services import Services
from runtime.product import root


async def test_checkout_sends_the_administrator_to_stripe(
    browsers: Any, tenant: TestTenant, stripe_api: Any, owner: psycopg.Connection
) -> None:
    client = await browsers.of(tenant, "admin")
    response = await client.post("/api/billing/checkout")
    assert response.status_code == 201
    assert response.json()["url"].startswith("https://checkout.stripe.com/")
    (form,) = stripe_api.checkouts
    assert form["subscription_data[metadata][tenant_id]"] == str(tenant.id)
    assert form["customer_email"] == tenant.admin.email
    query = "SELECT action FROM audit_log WHERE tenant_id = %s"
    assert owner.execute(query, [tenant.id]).fetchall() == [("billing.checkout",)]


async def test_checkout_refuses_a_second_subscription(
    browsers: Any, subscribed: TestTenant
) -> None:
    client = await browsers.of(subscribed, "admin")
    assert (await client.post("/api/billing/checkout")).status_code == 409


async def test_checkout_says_when_stripe_is_down(
    browsers: Any, tenant: TestTenant, stripe_api: Any
) -> None:
    stripe_api.is_down = True
    client = await browsers.of(tenant, "admin")
    response = await client.post("/api/billing/checkout")
    assert (response.status_code, response.json()["code"]) == (503, "billing_unavailable")


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/checkout")])
async def test_billing_is_for_administrators(
    browsers: Any, tenant: TestTenant, method: str, path: str
) -> None:
    member = await browsers.of(tenant, "member")
    assert (await member.request(method, f"/api/billing{path}")).status_code == 403
    anonymous = browsers.anonymous()
    assert (await anonymous.request(method, f"/api/billing{path}")).status_code == 401


async def test_usage_is_reported_once_per_answer_to_the_tenants_customer(
    browsers: Any,
    subscribed: TestTenant,
    other_tenant: TestTenant,
    stripe_api: Any,
    services: Services,
) -> None:
    answer = uuid4()
    for who in (subscribed, other_tenant):
        services.meter.note(Consumption(who.id, answer, input_tokens=5, output_tokens=7))
    await asyncio.gather(*services.meter._reports)
    (reported,) = stripe_api.meter_events
    assert reported["identifier"] == str(answer)
    assert (reported["payload[stripe_customer_id]"], reported["payload[value]"]) == ("cus_1", "7")


async def test_usage_that_stripe_does_not_take_breaks_nothing(
    browsers: Any, subscribed: TestTenant, stripe_api: Any, services: Services
) -> None:
    stripe_api.is_down = True
    used = Consumption(subscribed.id, uuid4(), input_tokens=5, output_tokens=7)
    with pytest.raises(BillingUnavailableError):
        await services.meter.hook.record_usage(used)
    services.meter.note(used)
    await asyncio.gather(*services.meter._reports)


async def test_responses_are_as_billings_contract_says(
    browsers: Any, tenant: TestTenant, stripe_api: Any
) -> None:
    contract = (root() / "contracts" / "openapi" / "billing.yaml").read_text()
    assert "receiveBillingEvent" in contract
    client = await browsers.of(tenant, "admin")
    assert set((await client.get("/api/billing")).json()) == {"status"}
    assert set((await client.post("/api/billing/checkout")).json()) == {"url"}
