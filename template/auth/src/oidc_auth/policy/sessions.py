"""How long people stay signed in."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section

DAY_S = 24 * 3600
LONGEST_S = 30 * DAY_S
_LONGEST_IDLE_S = DAY_S


class SessionsPolicy(Section):
    """Sessions and the sign-ins that begin them; all in seconds.

    Attributes:
        login_s: a sign-in must be finished within this time.
        idle_s: a session that is not used for this long has ended.
        absolute_s: no session, however often refreshed, outlives this; 30 days at most.
        grace_s: how long a replaced cookie is still taken from requests that were on their way;
            after that it is a stolen one and ends the whole family.
        outage_s: how long a session goes on whose tokens are due while the provider is down.
    """

    login_s: Annotated[int, Field(gt=0, le=3600)] = 600
    idle_s: Annotated[int, Field(gt=0)] = 8 * 3600
    absolute_s: Annotated[int, Field(gt=0, le=LONGEST_S)] = LONGEST_S
    grace_s: Annotated[int, Field(ge=0, le=60)] = 10
    outage_s: Annotated[int, Field(ge=0, le=3600)] = 900

    def weaknesses(self) -> Iterable[str]:
        """Refuse sessions that nobody uses for more than a day."""
        if self.idle_s > _LONGEST_IDLE_S:
            yield "idle_s is longer than a day, so a forgotten browser stays signed in."
