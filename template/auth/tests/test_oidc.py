"""The flow against a provider that forges what it says. covers R-0304, R-0401."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oidc_auth.errors import ProviderUnavailableError, SignInError, UntrustedProviderError
from oidc_auth.oidc import Challenge, OidcClient

pytestmark = pytest.mark.usefixtures("chosen_profile")


async def test_authorization_url_carries_state_nonce_and_pkce(
    client: OidcClient, challenge: Challenge
) -> None:
    query = parse_qs(urlsplit(await client.authorization_url(challenge)).query)
    digest = hashlib.sha256(challenge.code_verifier.encode()).digest()
    assert query["state"] == [challenge.state]
    assert query["nonce"] == [challenge.nonce]
    assert query["code_challenge_method"] == ["S256"]
    assert query["code_challenge"] == [base64.urlsafe_b64encode(digest).rstrip(b"=").decode()]
    assert query["redirect_uri"] == ["https://app.test/auth/callback"]
    assert challenge.code_verifier not in str(query)


def test_challenges_never_repeat() -> None:
    drawn = [Challenge.new(state="") for _ in range(100)]
    assert len({c.nonce for c in drawn} | {c.code_verifier for c in drawn}) == 200


async def test_complete_returns_the_person_and_proves_possession(
    client: OidcClient, provider: Any, challenge: Challenge
) -> None:
    signed_in = await client.complete(challenge, {"code": "good"})
    assert (signed_in.identity.issuer, signed_in.identity.subject) == (
        "https://provider.test",
        "ada",
    )
    assert provider.token_requests[0]["code_verifier"] == challenge.code_verifier


async def test_complete_rejects_a_code_that_the_provider_rejects(
    client: OidcClient, challenge: Challenge
) -> None:
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, {"code": "used"})
    assert caught.value.reason == "code_invalid_grant"


async def test_complete_rejects_a_token_of_another_sign_in(
    client: OidcClient, provider: Any, challenge: Challenge
) -> None:
    provider.nonce = Challenge.new(state="").nonce
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, {"code": "good"})
    assert caught.value.reason == "id_token_nonce"


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"code": "good"}, "issuer_missing"),
        ({"code": "good", "iss": "https://evil.test"}, "issuer_mismatch"),
        ({"iss": "https://provider.test"}, "code_missing"),
        ({"iss": "https://provider.test", "error": "access_denied"}, "provider_refused"),
    ],
)
async def test_complete_rejects_a_mixed_up_response(
    client: OidcClient, provider: Any, challenge: Challenge, parameters: Any, reason: str
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, parameters)
    assert caught.value.reason == reason
    assert provider.token_requests == []


async def test_complete_checks_an_issuer_that_was_not_promised(
    client: OidcClient, challenge: Challenge
) -> None:
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, {"code": "good", "iss": "https://evil.test"})
    assert caught.value.reason == "issuer_mismatch"


async def test_complete_never_repeats_the_text_of_an_error_callback(
    client: OidcClient, challenge: Challenge
) -> None:
    text = "call this number"
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, {"error": "x", "error_description": text})
    assert text not in caught.value.detail


async def test_complete_accepts_no_unsigned_token_even_if_advertised(
    client: OidcClient, provider: Any, challenge: Challenge
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": ["none"]}
    _, claims, _ = provider.sign().split(".")
    provider.id_token = f"eyJhbGciOiJub25lIn0.{claims}."
    with pytest.raises(SignInError) as caught:
        await client.complete(challenge, {"code": "good"})
    assert caught.value.reason == "id_token_algorithm"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.test"},
        {"issuer": "https://provider.test/"},
        {"token_endpoint": "http://provider.test/token"},
        {"jwks_uri": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
async def test_discovery_refuses_metadata_that_is_not_trustworthy(
    client: OidcClient, provider: Any, challenge: Challenge, metadata: Any
) -> None:
    provider.metadata = metadata
    with pytest.raises(UntrustedProviderError):
        await client.authorization_url(challenge)


async def test_discovery_says_when_the_provider_is_down_and_recovers(
    client: OidcClient, provider: Any, challenge: Challenge
) -> None:
    provider.is_down = True
    with pytest.raises(ProviderUnavailableError):
        await client.authorization_url(challenge)
    provider.is_down = False
    assert await client.authorization_url(challenge)
