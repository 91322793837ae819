"""How long published keys are believed (RFC 7517)."""

from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section


class JwksPolicy(Section):
    """The cache of somebody's public keys; all in seconds.

    Attributes:
        ttl_s: after this time the keys are read again, so that a withdrawn one stops working.
        cooldown_s: an unknown key id asks again, but not more often than this.
        stale_s: how much longer the known keys serve while nobody answers; then nothing verifies.
    """

    ttl_s: Annotated[float, Field(gt=0, le=3600)] = 300
    cooldown_s: Annotated[float, Field(ge=1)] = 30
    stale_s: Annotated[float, Field(ge=0, le=24 * 3600)] = 3600
