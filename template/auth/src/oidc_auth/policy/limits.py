"""How often one address and one person may try."""

from oidc_auth.policy.section import Section


class LimitsPolicy(Section):
    """Nothing here can be tuned."""
