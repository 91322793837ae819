"""When a sign-in looks unusual, and what follows."""

from oidc_auth.policy.section import Section


class RiskPolicy(Section):
    """Nothing here can be tuned."""
