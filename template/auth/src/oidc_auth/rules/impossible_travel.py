"""The same person in two networks at nearly the same time: impossible travel without a map."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 25, "within_s": 600}


def assess(context: RiskContext, tuning: Mapping[str, float]) -> str | None:
    """Compare with devices seen moments ago; phone and laptop may differ, so it needs company."""
    if context.moment != "sign_in_ends":
        return None
    for device in context.known:
        age_s = (context.at - device.last_seen_at).total_seconds()
        if age_s <= tuning["within_s"] and device.network != context.device.network:
            return "impossible_travel"
    return None
