"""Keycloak 26: claims as its token endpoint issues them, roles included.

Shape: keycloak.org, Server Administration Guide, "OIDC token and SAML assertion mappings".
"""

import pytest

from oidc_auth.discovery import Metadata
from oidc_auth.errors import TokenRejectedError
from oidc_auth.profiles import Identity, SignOut, load_profile
from oidc_auth.profiles.keycloak import PROFILE

ISSUER = "https://id.example.com/realms/acme"
CLAIMS = {
    "exp": 1766000300,
    "iat": 1766000000,
    "auth_time": 1765999990,
    "jti": "7d9c2f0e-4c1b-4f0a-8b64-0c3f2f5a9e11",
    "iss": ISSUER,
    "aud": "desk",
    "sub": "f1c1a1de-9d5b-4a57-8d0c-5d9a3a1f2b3c",
    "typ": "ID",
    "azp": "desk",
    "nonce": "n",
    "sid": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "at_hash": "MTIzNDU2Nzg5MDEyMzQ1Ng",
    "acr": "1",
    "email_verified": True,
    "realm_access": {"roles": ["admin", "offline_access"]},
    "resource_access": {"desk": {"roles": ["admin"]}},
    "groups": ["/admins"],
    "preferred_username": "jane",
    "given_name": "Jane",
    "family_name": "Doe",
    "email": "jane@example.com",
}
METADATA = Metadata(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/protocol/openid-connect/auth",
    token_endpoint=f"{ISSUER}/protocol/openid-connect/token",
    jwks_uri=f"{ISSUER}/protocol/openid-connect/certs",
    end_session_endpoint=f"{ISSUER}/protocol/openid-connect/logout",
    authorization_response_iss_parameter_supported=True,
)


def test_profile_is_the_one_that_is_loaded() -> None:
    assert load_profile("keycloak") is PROFILE


def test_identity_reads_the_allowed_claims_only() -> None:
    expected = Identity(ISSUER, "f1c1a1de-9d5b-4a57-8d0c-5d9a3a1f2b3c", "jane@example.com", "jane")
    assert PROFILE.identity(CLAIMS) == expected


def test_identity_prefers_the_full_name() -> None:
    assert PROFILE.identity(CLAIMS | {"name": "Jane Doe"}).name == "Jane Doe"


@pytest.mark.parametrize("typ", ["Bearer", "Refresh", "Logout"])
def test_identity_refuses_keycloaks_other_tokens(typ: str) -> None:
    with pytest.raises(TokenRejectedError):
        PROFILE.identity(CLAIMS | {"typ": typ})


def test_sign_out_url_carries_the_id_token_so_that_nobody_is_asked() -> None:
    request = SignOut(client_id="desk", id_token="e30.e30.e30", return_to="https://app.test/")
    assert PROFILE.sign_out_url(METADATA, request) == (
        f"{ISSUER}/protocol/openid-connect/logout?client_id=desk"
        "&id_token_hint=e30.e30.e30&post_logout_redirect_uri=https%3A%2F%2Fapp.test%2F"
    )
