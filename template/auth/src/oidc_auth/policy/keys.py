"""How often our own signing keys change, and how long each is announced before it signs."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from oidc_auth.policy.section import Section

_LONGEST_USE_S = 90 * 24 * 3600


class KeysPolicy(Section):
    """The ring of next, active and retiring keys; all in seconds.

    Attributes:
        rotate_s: a key that has signed for this long is replaced.
        reload_s: how often a process looks for keys that another one made.
        margin_s: added to the time for which a key is published before it signs.
    """

    rotate_s: Annotated[int, Field(gt=0)] = 7 * 24 * 3600
    reload_s: Annotated[int, Field(gt=0, le=300)] = 30
    margin_s: Annotated[int, Field(ge=0)] = 30

    def weaknesses(self) -> Iterable[str]:
        """Refuse keys that are hardly ever replaced."""
        if self.rotate_s > _LONGEST_USE_S:
            yield "rotate_s is longer than 90 days, so a stolen key is of use for too long."
