"""How the record of decisions is chained and checked."""

from oidc_auth.policy.section import Section


class AuditPolicy(Section):
    """Nothing here can be tuned."""
