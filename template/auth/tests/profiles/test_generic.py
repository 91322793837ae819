"""A provider by the letter: claims as in OpenID Connect Core 1.0 §2 and §5.1."""

from oidc_auth.discovery import Metadata
from oidc_auth.profiles import Identity, SignOut, load_profile
from oidc_auth.profiles.generic import PROFILE

CLAIMS = {
    "iss": "https://server.example.com",
    "sub": "24400320",
    "aud": "s6BhdRkqt3",
    "nonce": "n-0S6_WzA2Mj",
    "exp": 1311281970,
    "iat": 1311280970,
    "auth_time": 1311280969,
    "acr": "urn:mace:incommon:iap:silver",
    "name": "Jane Doe",
    "email": "janedoe@example.com",
    "roles": ["admin"],
}
METADATA = Metadata(
    issuer="https://server.example.com",
    authorization_endpoint="https://server.example.com/connect/authorize",
    token_endpoint="https://server.example.com/connect/token",
    jwks_uri="https://server.example.com/jwks.json",
    end_session_endpoint="https://server.example.com/connect/end_session",
)
REQUEST = SignOut(client_id="s6BhdRkqt3", id_token="e30.e30.e30", return_to="https://app.test/")


def test_profile_is_the_one_that_is_loaded() -> None:
    assert load_profile("generic") is PROFILE


def test_identity_reads_the_allowed_claims_only() -> None:
    assert PROFILE.identity(CLAIMS) == Identity(
        "https://server.example.com", "24400320", "janedoe@example.com", "Jane Doe"
    )


def test_identity_does_without_optional_claims() -> None:
    claims = {"iss": "https://server.example.com", "sub": "24400320", "email": ["odd"], "name": ""}
    assert PROFILE.identity(claims) == Identity("https://server.example.com", "24400320")


def test_sign_out_url_follows_rp_initiated_logout() -> None:
    assert PROFILE.sign_out_url(METADATA, REQUEST) == (
        "https://server.example.com/connect/end_session?client_id=s6BhdRkqt3"
        "&id_token_hint=e30.e30.e30&post_logout_redirect_uri=https%3A%2F%2Fapp.test%2F"
    )


def test_sign_out_url_is_absent_where_it_is_not_advertised() -> None:
    assert (
        PROFILE.sign_out_url(METADATA.model_copy(update={"end_session_endpoint": None}), REQUEST)
        is None
    )
