"""A live session's network and browser both changed since its last request: it may be stolen."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 60}


def assess(context: RiskContext, _tuning: Mapping[str, float]) -> str | None:
    """One of the two changes when a phone leaves the house or a browser is updated; both rarely."""
    before, now = context.before, context.device
    if context.moment != "request" or before is None:
        return None
    has_moved = before.network != now.network and before.agent != now.agent
    return "changed_surroundings" if has_moved else None
