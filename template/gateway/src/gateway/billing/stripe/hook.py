"""Stripe: a subscription per tenant, billed by the tokens that its answers took.

Stripe's webhooks are the only source of a subscription's state; each names the tenant in the
metadata that the checkout gave it. Older news never overwrites newer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import stripe
from pydantic import SecretStr
from sqlalchemy import text

from gateway.billing import Consumption
from oidc_auth.people import Person
from runtime.database import Database
from runtime.errors import ConflictError, ServiceError, UnavailableError
from runtime.settings import RuntimeSettings, read_settings

Status = Literal["none", "active", "past_due", "ended"]

_STATUS: dict[str, Status] = {
    "active": "active",
    "trialing": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "incomplete": "past_due",
}
_FIND = text("SELECT customer_id, status FROM billing_customers")
_KEEP = text("""
INSERT INTO billing_customers (tenant_id, customer_id, status, changed_at)
VALUES (current_tenant(), :customer_id, :status, :changed_at)
ON CONFLICT (tenant_id) DO UPDATE
  SET customer_id = excluded.customer_id, status = excluded.status, changed_at = excluded.changed_at
  WHERE billing_customers.changed_at <= excluded.changed_at
""")


class StripeSettings(RuntimeSettings):
    """Settings of billing.

    Attributes:
        stripe_price_id: the metered price of the subscription.
        stripe_meter_event: the meter's event name.
        stripe_api_url: where Stripe is; tests have their own.
    """

    required_in_production = ("stripe_secret_key", "stripe_webhook_secret", "stripe_price_id")

    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_price_id: str = ""
    stripe_meter_event: str = "output_tokens"
    stripe_api_url: str = "https://api.stripe.com"


class WebhookRefusedError(ServiceError):
    """The event is not Stripe's, or too old."""

    code, status, title = "webhook_refused", 400, "Not from Stripe"


class BillingUnavailableError(UnavailableError):
    """Stripe does not answer, or is not set up."""

    code, title = "billing_unavailable", "Billing is not available"


@dataclass(frozen=True)
class Customer:
    """A tenant at Stripe."""

    id: str
    status: Status


class StripeBilling:
    """Starts subscriptions, hears of their state, and reports usage."""

    def __init__(self, settings: StripeSettings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._http = stripe.AIOHTTPClient()
        self._client = stripe.StripeClient(
            settings.stripe_secret_key.get_secret_value() or "not-set",
            base_addresses={"api": settings.stripe_api_url},
            http_client=self._http,
        )

    async def customer(self, tenant_id: UUID) -> Customer | None:
        """Return the tenant's customer, or None before its first subscription."""
        async with self._database.tenant(tenant_id) as session:
            row = (await session.execute(_FIND)).first()
        return None if row is None else Customer(row[0], row[1])

    async def checkout(self, person: Person) -> str:
        """Return the page at Stripe where the person's tenant subscribes.

        Raises:
            ConflictError: it has a subscription.
            BillingUnavailableError: Stripe does not answer.
        """
        customer = await self.customer(person.tenant_id)
        if customer and customer.status == "active":
            raise ConflictError("There is a subscription already.")
        self._require("stripe_secret_key", "stripe_price_id")
        try:
            session = await self._client.v1.checkout.sessions.create_async(
                params=self._checkout(person, customer)
            )
        except stripe.StripeError as error:
            raise BillingUnavailableError("Stripe does not answer. Try again later.") from error
        return str(session.url)

    async def receive(self, payload: bytes, signature: str) -> None:
        """Take in a webhook; raises ``WebhookRefusedError`` unless Stripe signed it just now."""
        self._require("stripe_webhook_secret")
        secret = self._settings.stripe_webhook_secret.get_secret_value()
        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), signature, secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise WebhookRefusedError("The signature does not match.") from error
        await self._apply(json.loads(payload))

    async def record_usage(self, used: Consumption) -> None:
        """Report the tokens of an answer; nothing for tenants without a subscription."""
        customer = await self.customer(used.tenant_id)
        if customer is None or customer.status == "ended":
            return
        try:
            await self._client.v1.billing.meter_events.create_async(
                params={
                    "event_name": self._settings.stripe_meter_event,
                    "identifier": str(used.answer_id),
                    "payload": {
                        "stripe_customer_id": customer.id,
                        "value": str(used.output_tokens),
                    },
                }
            )
        except stripe.StripeError as error:
            raise BillingUnavailableError(str(error)) from error

    async def close(self) -> None:
        """Close connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call] # the library's

    def _checkout(self, person: Person, customer: Customer | None) -> Any:  # noqa: ANN401 - Stripe's typed dict
        home = self._settings.public_url.rstrip("/")
        tenant = str(person.tenant_id)
        known = {"customer": customer.id} if customer else {"customer_email": person.email}
        return {
            "mode": "subscription",
            "line_items": [{"price": self._settings.stripe_price_id}],
            "client_reference_id": tenant,
            "subscription_data": {"metadata": {"tenant_id": tenant}},
            "success_url": f"{home}/billing?checkout=done",
            "cancel_url": f"{home}/billing?checkout=cancelled",
            **known,
        }

    async def _apply(self, event: Mapping[str, Any]) -> None:
        kind, thing = event["type"], event["data"]["object"]
        if kind not in {
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
        }:
            return
        tenant = thing.get("metadata", {}).get("tenant_id")
        if tenant is None:
            return
        values = {
            "customer_id": thing["customer"],
            "status": _STATUS.get(thing["status"], "ended"),
            "changed_at": datetime.fromtimestamp(event["created"], UTC),
        }
        async with self._database.tenant(UUID(tenant)) as session:
            await session.execute(_KEEP, values)

    def _require(self, *names: str) -> None:
        for name in names:
            value = getattr(self._settings, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise BillingUnavailableError(f"Billing is not set up: {name.upper()} is missing.")


def open_hook(settings: RuntimeSettings, database: Database) -> StripeBilling:
    """Return Stripe's hook, with its own settings from the same environment."""
    known = settings.model_dump(include=set(RuntimeSettings.model_fields))
    return StripeBilling(read_settings(StripeSettings, **known), database)
