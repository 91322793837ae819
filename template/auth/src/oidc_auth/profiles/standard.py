"""What OpenID Connect Core 1.0 says, to the letter: where every profile starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oidc_auth.config import ALGORITHMS
from oidc_auth.discovery import Metadata
from oidc_auth.profiles import Identity, SignOut, end_session_url, text_claim
from oidc_auth.stepup import MULTI_FACTOR, standard_request


@dataclass(frozen=True)
class StandardProfile:
    """Standard scopes, standard claims, RP-initiated logout where it is advertised."""

    scopes: str = "openid profile email"
    algorithms: tuple[str, ...] = ALGORITHMS
    second_factor: tuple[str, ...] = (MULTI_FACTOR,)
    has_front_channel: bool = False

    def claims_request(self, acr_values: Sequence[str]) -> dict[str, Any]:
        """Ask as the standard says."""
        return standard_request(acr_values)

    def acr(self, claims: Mapping[str, Any]) -> str | None:
        """Read ``acr``."""
        return text_claim(claims, "acr")

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Read ``sub``, ``email`` and ``name`` (OpenID Connect Core 1.0 §5.1)."""
        return Identity(
            issuer=claims["iss"],
            subject=claims["sub"],
            email=text_claim(claims, "email"),
            name=text_claim(claims, "name"),
        )

    def sign_out_url(self, metadata: Metadata, request: SignOut) -> str | None:
        """Return the provider's end-session URL."""
        return end_session_url(metadata, request)


PROFILE = StandardProfile()
