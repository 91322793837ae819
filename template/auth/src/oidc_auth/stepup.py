"""Step-up: some things need a stronger or a fresher sign-in than the session has (RFC 9470).

The provider is asked with an essential claims request, because ``acr_values`` alone is only a wish
(OpenID Connect Core 1.0 §5.5.1.1), and what comes back is compared here: a provider that answers
with less is not believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oidc_auth.errors import SignInError, StepUpNeededError

MULTI_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
"""More than one factor (OpenID PAPE 1.0 §4); the name that most providers understand."""


@dataclass(frozen=True)
class Assurance:
    """How somebody signed in.

    Attributes:
        acr: the authentication context that the provider vouches for.
        authenticated_at: when the person proved it, in seconds since the epoch; None if the
            provider does not say, which is never fresh.
    """

    acr: str | None = None
    authenticated_at: float | None = None


@dataclass(frozen=True)
class Requirement:
    """What a sign-in has to be like: one of these contexts, not older than ``max_age_s``."""

    acr_values: tuple[str, ...]
    max_age_s: int

    def is_met(self, assurance: Assurance, *, now: float, leeway_s: float = 0) -> bool:
        """Say whether the sign-in is strong and fresh enough."""
        return self._is_strong(assurance) and self._is_fresh(assurance, now, leeway_s)

    def check_session(self, assurance: Assurance, *, now: float) -> None:
        """Raise ``StepUpNeededError`` unless the session is good enough for a request."""
        if not self.is_met(assurance, now=now):
            raise StepUpNeededError(self.acr_values, self.max_age_s)

    def check_answer(self, assurance: Assurance, *, now: float, leeway_s: float) -> None:
        """Raise ``SignInError`` unless the provider did what it was asked to."""
        if not self._is_strong(assurance):
            raise SignInError("acr_insufficient", _WEAK)
        if not self._is_fresh(assurance, now, leeway_s):
            raise SignInError("auth_time_too_old", _WEAK)

    def _is_strong(self, assurance: Assurance) -> bool:
        return not self.acr_values or assurance.acr in self.acr_values

    def _is_fresh(self, assurance: Assurance, now: float, leeway_s: float) -> bool:
        at = assurance.authenticated_at
        return at is not None and -_AHEAD_S <= now - at <= self.max_age_s + leeway_s


_WEAK = "The identity provider did not confirm the second factor. Start again."
_AHEAD_S = 60
"""How far the provider's clock may be ahead."""


def standard_request(acr_values: Sequence[str]) -> dict[str, Any]:
    """Return the ``claims`` parameter (OpenID Connect Core 1.0 §5.5): essential if named."""
    wanted = {"essential": True, "values": list(acr_values)} if acr_values else None
    return {"id_token": {"acr": wanted, "amr": None, "auth_time": {"essential": True}}}
