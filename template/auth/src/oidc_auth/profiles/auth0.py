"""Auth0: the issuer ends with a slash, ``https://<tenant>.<region>.auth0.com/``.

Custom claims are namespaced URLs (``https://example.com/roles``); none is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oidc_auth.discovery import Metadata
from oidc_auth.profiles import Identity, SignOut, end_session_url, text_claim, with_query
from oidc_auth.stepup import MULTI_FACTOR, standard_request


@dataclass(frozen=True)
class Auth0Profile:
    """Auth0's claims; its tenants sign with RS256, newer ones may choose PS256."""

    scopes: str = "openid profile email offline_access"
    algorithms: tuple[str, ...] = ("RS256", "PS256")
    second_factor: tuple[str, ...] = (MULTI_FACTOR,)
    has_front_channel: bool = False

    def claims_request(self, acr_values: Sequence[str]) -> dict[str, Any]:
        """Ask as the standard says."""
        return standard_request(acr_values)

    def acr(self, claims: Mapping[str, Any]) -> str | None:
        """Read ``acr``; older tenants say only in ``amr`` that a second factor was given."""
        methods = claims.get("amr")
        is_multiple = isinstance(methods, list) and "mfa" in methods
        return text_claim(claims, "acr") or (MULTI_FACTOR if is_multiple else None)

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Read the person; the subject names the connection too, as in ``google-oauth2|…``."""
        return Identity(
            issuer=claims["iss"],
            subject=claims["sub"],
            email=text_claim(claims, "email"),
            name=text_claim(claims, "name", "nickname"),
        )

    def sign_out_url(self, metadata: Metadata, request: SignOut) -> str | None:
        """Return the end-session URL, or Auth0's own where a tenant advertises none."""
        standard = end_session_url(metadata, request)
        if standard:
            return standard
        url = f"{metadata.issuer.rstrip('/')}/v2/logout"
        return with_query(url, client_id=request.client_id, returnTo=request.return_to)


PROFILE = Auth0Profile()
