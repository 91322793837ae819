"""Much was refused lately from this address or for this person: somebody may be guessing."""

from collections.abc import Mapping

from oidc_auth.risk import RiskContext

TUNING = {"points": 40, "failures": 5}


def assess(context: RiskContext, tuning: Mapping[str, float]) -> str | None:
    """Before a sign-in this asks for work, not for a person's second factor."""
    return "many_failures" if context.failures >= tuning["failures"] else None
