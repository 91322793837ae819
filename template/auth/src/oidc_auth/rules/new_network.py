"""Somebody signs in from a network that none of their devices was last seen in."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 15}


def assess(context: RiskContext, _tuning: Mapping[str, float]) -> str | None:
    """Travelling is no crime: alone this stays far below a second factor."""
    if context.moment != "sign_in_ends" or not context.known:
        return None
    networks = {device.network for device in context.known}
    return None if context.device.network in networks else "new_network"
