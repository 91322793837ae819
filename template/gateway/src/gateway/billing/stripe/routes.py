"""Whether a tenant pays, how it starts to, and what Stripe reports."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from gateway.billing.stripe.hook import Status, StripeBilling
from gateway.contract import problems
from gateway.people import Manager
from gateway.services import ServicesDep
from oidc_auth import audit
from runtime.settings import SettingsError

router = APIRouter(prefix="/api/billing")

SIGNED_PATHS = ("/api/billing/webhook",)


class Billing(BaseModel):
    """Whether the tenant has a subscription."""

    status: Status


class Checkout(BaseModel):
    """Where to send the browser."""

    url: str


def stripe_billing(services: ServicesDep) -> StripeBilling:
    """Return the hook that this product was built with."""
    if not isinstance(services.meter.hook, StripeBilling):
        raise SettingsError("BILLING is not stripe: these routes need it.")
    return services.meter.hook


StripeDep = Annotated[StripeBilling, Depends(stripe_billing)]


@router.get(
    "",
    operation_id="getBilling",
    summary="Whether the tenant has a subscription",
    responses=problems(401, 403),
)
async def get_billing(person: Manager, stripe: StripeDep) -> Billing:
    """Show the subscription to the tenant's administrators."""
    customer = await stripe.customer(person.tenant_id)
    return Billing(status=customer.status if customer else "none")


@router.post(
    "/checkout",
    operation_id="startCheckout",
    summary="Start a subscription on the payment provider's own page",
    status_code=201,
    responses=problems(401, 403, 409, 503),
)
async def start_checkout(services: ServicesDep, person: Manager, stripe: StripeDep) -> Checkout:
    """Begin a subscription; it counts when Stripe says so."""
    url = await stripe.checkout(person)
    await services.audit.record(
        audit.Decision("billing.checkout", str(person.id), "stripe", person.tenant_id)
    )
    return Checkout(url=url)


@router.post(
    "/webhook",
    operation_id="receiveBillingEvent",
    summary="What the payment provider reports, signed by it",
    status_code=204,
    responses=problems(400),
    openapi_extra={"security": []},
)
async def receive_billing_event(stripe: StripeDep, request: Request) -> None:
    """Take in an event; the signature is over the bytes as they came."""
    signature = request.headers.get("stripe-signature", "")
    await stripe.receive(await request.body(), signature)
