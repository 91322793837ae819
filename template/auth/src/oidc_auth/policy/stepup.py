"""When a person must prove again who they are (RFC 9470)."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from oidc_auth.contract import Permission
from oidc_auth.policy.section import Section

_DAY_S = 24 * 3600
ADMINISTRATION: frozenset[Permission] = frozenset(
    {
        "figures:read",
        "conversations:purge",
        "tenant:manage",
        "sessions:revoke",
        "machines:manage",
        "audit:read",
    }
)


class StepUpPolicy(Section):
    """Which actions need a second factor, in one place.

    Attributes:
        permissions: whatever needs one of these (contracts/auth.yaml) needs a fresh second factor.
        operations: so do these, by their names in contracts/openapi (such as ``deleteDocument``).
        max_age_s: how long ago the second factor may have been given.
        acr_values: what the provider calls it, preferred first; none: the profile knows.
    """

    permissions: frozenset[Permission] = ADMINISTRATION
    operations: frozenset[str] = frozenset()
    max_age_s: Annotated[int, Field(gt=0)] = 900
    acr_values: tuple[str, ...] = ()

    def weaknesses(self) -> Iterable[str]:
        """Refuse administration without a second factor, or with one from long ago."""
        if missing := ADMINISTRATION - self.permissions:
            names = ", ".join(sorted(missing))
            yield f"permissions lacks {names}, so a stolen session can administrate."
        if self.max_age_s > _DAY_S:
            yield "max_age_s is longer than a day, so a second factor is hardly ever asked for."
