"""Keycloak: one realm is one issuer, ``https://<host>/realms/<realm>``.

Roles arrive in ``realm_access`` and ``resource_access``; they are not read. The subject is the
user's id as the admin console shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oidc_auth.discovery import Metadata
from oidc_auth.errors import TokenRejectedError
from oidc_auth.profiles import Identity, SignOut, end_session_url, text_claim
from oidc_auth.stepup import MULTI_FACTOR, standard_request


@dataclass(frozen=True)
class KeycloakProfile:
    """Keycloak's claims; a realm signs with RS256 unless its keys were changed."""

    scopes: str = "openid profile email"
    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256")
    second_factor: tuple[str, ...] = (MULTI_FACTOR,)
    has_front_channel: bool = False

    def claims_request(self, acr_values: Sequence[str]) -> dict[str, Any]:
        """Ask as the standard says; the realm maps the name to a level of authentication."""
        return standard_request(acr_values)

    def acr(self, claims: Mapping[str, Any]) -> str | None:
        """Read ``acr``."""
        return text_claim(claims, "acr")

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Read the person from a token whose ``typ`` claim, Keycloak's own, is ``ID``."""
        if claims.get("typ", "ID") != "ID":
            raise TokenRejectedError("type", "Keycloak made the token for something else")
        return Identity(
            issuer=claims["iss"],
            subject=claims["sub"],
            email=text_claim(claims, "email"),
            name=text_claim(claims, "name", "preferred_username"),
        )

    def sign_out_url(self, metadata: Metadata, request: SignOut) -> str | None:
        """Return the realm's end-session URL; with the ID token nobody has to confirm."""
        return end_session_url(metadata, request)


PROFILE = KeycloakProfile()
