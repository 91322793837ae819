"""A sign-in in the hours when nobody works. Hours are UTC; set them to your people's night."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 10, "from_hour": 1, "to_hour": 5}


def assess(context: RiskContext, tuning: Mapping[str, float]) -> str | None:
    """The night may pass midnight: 22 to 5 is seven hours."""
    if context.moment != "sign_in_ends":
        return None
    hours_in = (context.at.hour - tuning["from_hour"]) % 24
    return "odd_hour" if hours_in < (tuning["to_hour"] - tuning["from_hour"]) % 24 else None
