"""Auth0: claims as its universal login issues them, custom claims included.

Shape: auth0.com/docs, "ID Token Structure" and "Create Custom Claims" (namespaced URLs).
"""

from oidc_auth.discovery import Metadata
from oidc_auth.profiles import Identity, SignOut, load_profile
from oidc_auth.profiles.auth0 import PROFILE

ISSUER = "https://acme.eu.auth0.com/"
CLAIMS = {
    "https://example.com/roles": ["admin"],
    "org_id": "org_9ybsU1dN2dKfDkBi",
    "nickname": "jane",
    "name": "Jane Doe",
    "picture": "https://s.gravatar.com/avatar/0",
    "updated_at": "2026-01-02T03:04:05.678Z",
    "email": "jane@example.com",
    "email_verified": True,
    "iss": ISSUER,
    "aud": "k2tQ0example",
    "sub": "auth0|65f0c1d2e3a4b5c6d7e8f901",
    "iat": 1766000000,
    "exp": 1766036000,
    "sid": "xJ0Tq3example",
    "nonce": "n",
}
METADATA = Metadata(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}authorize",
    token_endpoint=f"{ISSUER}oauth/token",
    jwks_uri=f"{ISSUER}.well-known/jwks.json",
)
REQUEST = SignOut(client_id="k2tQ0example", id_token="e30.e30.e30", return_to="https://app.test/")


def test_profile_is_the_one_that_is_loaded() -> None:
    assert load_profile("auth0") is PROFILE


def test_identity_reads_the_allowed_claims_only() -> None:
    expected = Identity(ISSUER, "auth0|65f0c1d2e3a4b5c6d7e8f901", "jane@example.com", "Jane Doe")
    assert PROFILE.identity(CLAIMS) == expected


def test_identity_falls_back_to_the_nickname() -> None:
    assert PROFILE.identity(CLAIMS | {"name": None}).name == "jane"


def test_sign_out_url_is_the_standard_one_where_it_is_advertised() -> None:
    metadata = METADATA.model_copy(update={"end_session_endpoint": f"{ISSUER}oidc/logout"})
    assert str(PROFILE.sign_out_url(metadata, REQUEST)).startswith(
        f"{ISSUER}oidc/logout?client_id="
    )


def test_sign_out_url_is_auth0s_own_where_it_is_not() -> None:
    assert PROFILE.sign_out_url(METADATA, REQUEST) == (
        "https://acme.eu.auth0.com/v2/logout?client_id=k2tQ0example&returnTo=https%3A%2F%2Fapp.test%2F"
    )


def test_scopes_ask_for_a_refresh_token() -> None:
    assert "offline_access" in PROFILE.scopes.split()
