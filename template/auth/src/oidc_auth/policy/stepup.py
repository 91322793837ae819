"""When a person must prove again who they are (RFC 9470)."""

from oidc_auth.policy.section import Section


class StepUpPolicy(Section):
    """Nothing here can be tuned."""
