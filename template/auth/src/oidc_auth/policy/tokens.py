"""How long our own tokens live, and how far clocks may differ (RFC 9068, RFC 8725)."""

from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section


class TokensPolicy(Section):
    """Internal access tokens and the verification of everybody's; all in seconds.

    Attributes:
        lifetime_s: of an internal access token; 5 minutes at most.
        clock_skew_s: how far another machine's clock may be off.
        cached_s: how long a token that was verified is not verified again, never past its end.
    """

    lifetime_s: Annotated[int, Field(gt=0, le=300)] = 300
    clock_skew_s: Annotated[int, Field(ge=0, le=60)] = 30
    cached_s: Annotated[int, Field(ge=0, le=30)] = 30
