"""How a session is bound to one device's key (RFC 9449)."""

from oidc_auth.policy.section import Section


class DpopPolicy(Section):
    """Nothing here can be tuned."""
