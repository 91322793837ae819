"""Microsoft Entra ID: claims of a version 2.0 ID token, groups and roles included.

Shape: learn.microsoft.com, "ID token claims reference".
"""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from oidc_auth.discovery import Metadata
from oidc_auth.errors import TokenRejectedError
from oidc_auth.profiles import Identity, SignOut, load_profile
from oidc_auth.profiles.entra import PROFILE

DIRECTORY = "9122040d-6c67-4c5b-b112-36a304b66dad"
AUTHORITY = f"https://login.microsoftonline.com/{DIRECTORY}"
ISSUER = f"{AUTHORITY}/v2.0"
CLAIMS = {
    "ver": "2.0",
    "iss": ISSUER,
    "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
    "aud": "6cb04018-a3f5-46a7-b995-940c78f5aef3",
    "exp": 1766003900,
    "iat": 1766000000,
    "nbf": 1766000000,
    "name": "Jane Doe",
    "preferred_username": "jane@example.com",
    "oid": "00000000-0000-0000-66f3-3332eca7ea81",
    "tid": DIRECTORY,
    "nonce": "n",
    "groups": ["0760b6cf-170e-4a14-91b3-4b78e0739963"],
    "roles": ["admin"],
    "wids": ["62e90394-69f5-4237-9190-012177145e10"],
    "uti": "example",
    "sid": "3f0c7a52-0d1f-4a6e-9f59-2b8f4f6c1d90",
    "login_hint": "O.CiQxMjM=",
}
METADATA = Metadata(
    issuer=ISSUER,
    authorization_endpoint=f"{AUTHORITY}/oauth2/v2.0/authorize",
    token_endpoint=f"{AUTHORITY}/oauth2/v2.0/token",
    jwks_uri=f"{AUTHORITY}/discovery/v2.0/keys",
    end_session_endpoint=f"{AUTHORITY}/oauth2/v2.0/logout",
)


def test_profile_is_the_one_that_is_loaded() -> None:
    assert load_profile("entra") is PROFILE


def test_identity_is_the_object_id_and_reads_the_allowed_claims_only() -> None:
    expected = Identity(
        ISSUER, "00000000-0000-0000-66f3-3332eca7ea81", "jane@example.com", "Jane Doe"
    )
    assert PROFILE.identity(CLAIMS) == expected


def test_identity_never_falls_back_to_an_address() -> None:
    with pytest.raises(TokenRejectedError):
        PROFILE.identity(CLAIMS | {"oid": None, "email": "ceo@example.com"})


def token(claims: dict[str, Any]) -> str:
    """An ID token as we keep it."""
    key = OctKey.generate_key(256)
    return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])


def sign_out_url(id_token: str) -> str | None:
    request = SignOut(client_id="6cb04018", id_token=id_token, return_to="https://app.test/")
    return PROFILE.sign_out_url(METADATA, request)


RETURN = "https%3A%2F%2Fapp.test%2F"
ADDRESS = f"{AUTHORITY}/oauth2/v2.0/logout?client_id=6cb04018&post_logout_redirect_uri={RETURN}"


def test_sign_out_url_names_the_account_so_that_nobody_is_asked() -> None:
    """The value of ``login_hint`` and no other (learn.microsoft.com, "Send a sign-out request")."""
    assert sign_out_url(token(CLAIMS)) == f"{ADDRESS}&logout_hint=O.CiQxMjM%3D"


@pytest.mark.parametrize("hint", [None, "", ["O.CiQxMjM="]])
def test_sign_out_url_without_a_hint_leaves_it_out(hint: object) -> None:
    assert sign_out_url(token(CLAIMS | {"login_hint": hint})) == ADDRESS


@pytest.mark.parametrize("id_token", ["", "e30.e30.e30", "e30.W10.e30", "a.b.c", "a.b.c.d.e"])
def test_sign_out_url_keeps_the_large_id_token_out(id_token: str) -> None:
    assert sign_out_url(id_token) == ADDRESS


def test_scopes_ask_for_a_refresh_token() -> None:
    assert "offline_access" in PROFILE.scopes.split()


def test_sign_outs_come_through_the_browser() -> None:
    assert PROFILE.has_front_channel
