"""Any provider that follows OpenID Connect Core 1.0 to the letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oidc_auth.config import ALGORITHMS
from oidc_auth.discovery import Metadata
from oidc_auth.profiles import Identity, SignOut, end_session_url, text_claim


@dataclass(frozen=True)
class GenericProfile:
    """Standard scopes, standard claims, RP-initiated logout where it is advertised."""

    scopes: str = "openid profile email"
    algorithms: tuple[str, ...] = ALGORITHMS

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


PROFILE = GenericProfile()
