"""When a browser has to work before it may try."""

from oidc_auth.policy.section import Section


class PowPolicy(Section):
    """Nothing here can be tuned."""
