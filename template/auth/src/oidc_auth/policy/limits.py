"""How often one address and one person may try."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from oidc_auth.policy.section import Section

_MOST_SIGN_INS_PER_S = 1.0
_LOOSEST = 20
"""How many times its usual numbers a limit may be and still be one."""


class RatePolicy(BaseModel):
    """A token bucket: ``per_s`` on average, ``burst`` at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_s: Annotated[float, Field(gt=0)]
    burst: Annotated[int, Field(gt=0)]


class LimitsPolicy(Section):
    """Limits over all processes of the product.

    Attributes:
        address: requests of one IP address (of one /64 network with IPv6).
        person: requests of one signed-in person, from wherever.
        sign_in: sign-ins begun by one address.
        questions: questions of one person.
    """

    address: RatePolicy = RatePolicy(per_s=50, burst=300)
    person: RatePolicy = RatePolicy(per_s=25, burst=200)
    sign_in: RatePolicy = RatePolicy(per_s=0.5, burst=20)
    questions: RatePolicy = RatePolicy(per_s=0.5, burst=20)

    def weaknesses(self) -> Iterable[str]:
        """Refuse numbers that nobody reaches, and sign-ins as fast as a guessing program likes."""
        for name, field in type(self).model_fields.items():
            rate, usual = getattr(self, name), field.default
            if max(rate.per_s / usual.per_s, rate.burst / usual.burst) > _LOOSEST:
                yield f"{name} is over {_LOOSEST} times as much as usual, so it limits nobody."
        if self.sign_in.per_s > _MOST_SIGN_INS_PER_S:
            yield "sign_in.per_s is above 1, so guessing is hardly slowed down."
