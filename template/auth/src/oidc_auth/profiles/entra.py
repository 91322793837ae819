"""Microsoft Entra ID: one directory is one issuer.

It is ``https://login.microsoftonline.com/<directory id>/v2.0``.

``sub`` differs for every application, so people are known by ``oid``, the object id that the portal
shows. ``email`` can be set by any directory's administrator and proves nothing: it is displayed and
never used to find a person.

Entra has no back-channel logout: that somebody signed out it says through their browser.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from oidc_auth.discovery import Metadata
from oidc_auth.errors import TokenRejectedError
from oidc_auth.profiles import Identity, SignOut, text_claim, with_query
from oidc_auth.stepup import standard_request


@dataclass(frozen=True)
class EntraProfile:
    """Entra's claims; it signs with RS256."""

    scopes: str = "openid profile email offline_access"
    algorithms: tuple[str, ...] = ("RS256",)
    second_factor: tuple[str, ...] = ("c1",)
    has_front_channel: bool = True

    def claims_request(self, acr_values: Sequence[str]) -> dict[str, Any]:
        """Ask for an authentication context of Conditional Access, which Entra calls ``acrs``."""
        request = standard_request(())
        if acr_values:
            request["id_token"]["acrs"] = {"essential": True, "values": list(acr_values)}
        return request

    def acr(self, claims: Mapping[str, Any]) -> str | None:
        """Read the context that was satisfied; ``acr`` itself says nothing here."""
        contexts = claims.get("acrs")
        held = contexts if isinstance(contexts, list) else [contexts]
        return next((name for name in self.second_factor if name in held), None)

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Read the person by object id; the issuer names the directory, so the pair is unique."""
        subject = text_claim(claims, "oid")
        if subject is None:
            raise TokenRejectedError("subject", "Entra's token has no object id")
        return Identity(
            issuer=claims["iss"],
            subject=subject,
            email=text_claim(claims, "email", "preferred_username"),
            name=text_claim(claims, "name"),
        )

    def sign_out_url(self, metadata: Metadata, request: SignOut) -> str | None:
        """Return Entra's sign-out URL.

        The ID token may be too large for it. Its ``login_hint`` (an optional claim, opaque) is not,
        and with it nobody is asked which of their accounts to sign out.
        """
        if metadata.end_session_endpoint is None:
            return None
        hint = text_claim(_claims(request.id_token), "login_hint")
        return with_query(
            metadata.end_session_endpoint,
            client_id=request.client_id,
            post_logout_redirect_uri=request.return_to,
            **({"logout_hint": hint} if hint else {}),
        )


def _claims(id_token: str) -> Mapping[str, Any]:
    """Return what the ID token says; it was verified when it was received, and sealed since."""
    try:
        claims = json.loads(jws.extract_compact(id_token.encode()).payload)
    except (JoseError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


PROFILE = EntraProfile()
