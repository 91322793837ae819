"""When a browser has to work before it may try."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section

_LEAST_DIFFICULTY = 12


class PowPolicy(Section):
    """The proof of work that a risky flow has to bring; when, says ``risk.pow``.

    Attributes:
        difficulty: leading zero bits of the hash; 18 take a browser about a second, each further
            bit doubles it.
        lifetime_s: a challenge must be solved within this time.
    """

    difficulty: Annotated[int, Field(ge=1, le=26)] = 18
    lifetime_s: Annotated[int, Field(gt=0, le=3600)] = 300

    def weaknesses(self) -> Iterable[str]:
        """Refuse work that costs nothing."""
        if self.difficulty < _LEAST_DIFFICULTY:
            yield "difficulty is below 12, so the work costs a program nothing."
