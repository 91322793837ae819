"""Stripe: the hook, and the part of the API that is only there with it."""

from gateway.billing.stripe.hook import StripeBilling, open_hook
from gateway.billing.stripe.routes import SIGNED_PATHS, router

__all__ = ["SIGNED_PATHS", "StripeBilling", "open_hook", "router"]
