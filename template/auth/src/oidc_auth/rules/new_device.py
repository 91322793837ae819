"""Somebody who has used other browsers signs in with one that we have never seen."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 25}


def assess(context: RiskContext, _tuning: Mapping[str, float]) -> str | None:
    """A person's first device is nothing to compare with."""
    if context.moment != "sign_in_ends" or not context.known:
        return None
    is_known = any(device.jkt == context.device.jkt for device in context.known)
    return None if is_known else "new_device"
