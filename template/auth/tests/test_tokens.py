"""Forged, foreign and stale ID tokens. covers R-0304, R-0401."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from oidc_auth.errors import TokenRejectedError
from oidc_auth.jwks import PublishedKeys
from oidc_auth.tokens import MAX_TOKEN_BYTES, IdTokenVerifier

NOW = int(time.time())


@pytest.fixture
def verifier(provider: Any) -> Any:
    async def published() -> object:
        return {"keys": [provider.signing_key.as_dict(private=False)]}

    provider.nonce, provider.clock = "nonce", lambda: NOW
    return IdTokenVerifier(
        keys=PublishedKeys(published, lambda: NOW),
        issuer="https://provider.test",
        client_id="client",
        clock=lambda: NOW,
        leeway_s=30,
    )


async def reason_of(verifier: IdTokenVerifier, token: str, nonce: str = "nonce") -> str:
    with pytest.raises(TokenRejectedError) as caught:
        await verifier.verify(token, nonce=nonce)
    return caught.value.reason


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


async def test_verify_accepts_an_honest_token(provider: Any, verifier: IdTokenVerifier) -> None:
    claims = await verifier.verify(provider.sign(), nonce="nonce")
    assert claims["sub"] == "ada"


async def test_verify_accepts_several_audiences_when_authorized_party_is_us(
    provider: Any, verifier: IdTokenVerifier
) -> None:
    token = provider.sign(aud=["other", "client"], azp="client")
    assert (await verifier.verify(token, nonce="nonce"))["sub"] == "ada"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://evil.test"}, "id_token_issuer"),
        ({"iss": None}, "id_token_issuer"),
        ({"aud": "other"}, "id_token_audience"),
        ({"aud": "other", "azp": "client"}, "id_token_audience"),
        ({"aud": None}, "id_token_audience"),
        ({"aud": ["client", "other"]}, "id_token_authorized_party"),
        ({"aud": "client", "azp": "other"}, "id_token_authorized_party"),
        ({"sub": ""}, "id_token_subject"),
        ({"sub": None}, "id_token_subject"),
        ({"sub": "x" * 256}, "id_token_subject"),
        ({"exp": NOW - 30}, "id_token_expired"),
        ({"exp": None}, "id_token_exp_missing"),
        ({"exp": True}, "id_token_exp_missing"),
        ({"iat": None}, "id_token_iat_missing"),
        ({"iat": NOW + 31}, "id_token_issued_in_future"),
        ({"nbf": NOW + 31}, "id_token_not_yet_valid"),
        ({"nonce": None}, "id_token_nonce"),
        ({"nonce": "other"}, "id_token_nonce"),
    ],
)
async def test_verify_rejects_claims(
    provider: Any, verifier: IdTokenVerifier, changed: Any, reason: str
) -> None:
    assert await reason_of(verifier, provider.sign(**changed)) == reason


@pytest.mark.parametrize("changed", [{"exp": NOW - 29}, {"iat": NOW + 30}, {"nbf": NOW + 30}])
async def test_verify_allows_for_clock_skew_within_bounds(
    provider: Any, verifier: IdTokenVerifier, changed: Any
) -> None:
    assert await verifier.verify(provider.sign(**changed), nonce="nonce")


@pytest.mark.parametrize("alg", ["none", "None", "HS256"])
async def test_verify_rejects_algorithm_outside_the_allow_list(
    provider: Any, verifier: IdTokenVerifier, alg: str
) -> None:
    claims = provider.sign().split(".")[1]
    token = f"{encoded({'alg': alg, 'kid': 'one'})}.{claims}."
    assert await reason_of(verifier, token) == "id_token_algorithm"


async def test_verify_rejects_hmac_with_the_public_key_as_secret(
    provider: Any, verifier: IdTokenVerifier
) -> None:
    public = provider.signing_key.as_pem(private=False)
    claims = provider.sign().split(".")[1]
    signed = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{claims}"
    signature = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256"))
    token = f"{signed}.{signature.rstrip(b'=').decode()}"
    assert await reason_of(verifier, token) == "id_token_algorithm"


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "dpop+jwt"])
async def test_verify_rejects_tokens_of_another_type(
    provider: Any, verifier: IdTokenVerifier, typ: str
) -> None:
    provider.header = {"typ": typ}
    assert await reason_of(verifier, provider.sign()) == "id_token_type"


@pytest.mark.parametrize("brought", [{}, {"jku": "https://evil.test/jwks"}])
async def test_verify_ignores_keys_that_the_token_brings_along(
    provider: Any, verifier: IdTokenVerifier, brought: Any
) -> None:
    attacker = ECKey.generate_key("P-256", {"kid": "one"})
    honest, provider.signing_key = provider.signing_key, attacker
    provider.header = {"alg": "ES256", "jwk": attacker.as_dict(private=False)} | brought
    token = provider.sign()
    provider.signing_key = honest
    assert await reason_of(verifier, token) == "id_token_unknown_key"


async def test_verify_rejects_a_signature_by_another_key_of_the_same_id(
    provider: Any, verifier: IdTokenVerifier
) -> None:
    honest, provider.signing_key = provider.signing_key, RSAKey.generate_key(2048, {"kid": "one"})
    token = provider.sign()
    provider.signing_key = honest
    assert await reason_of(verifier, token) == "id_token_bad_signature"


async def test_verify_rejects_unknown_key(provider: Any, verifier: IdTokenVerifier) -> None:
    provider.header = {"kid": "two"}
    assert await reason_of(verifier, provider.sign()) == "id_token_unknown_key"


async def test_verify_rejects_unknown_critical_header(
    provider: Any, verifier: IdTokenVerifier
) -> None:
    head, claims, signature = provider.sign().split(".")
    head = encoded({"alg": "RS256", "kid": "one", "crit": ["x"], "x": 1})
    assert await reason_of(verifier, f"{head}.{claims}.{signature}") == "id_token_bad_signature"


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "e30.e30.e30", "\u00e9.b.c"])
async def test_verify_rejects_what_is_no_token(verifier: IdTokenVerifier, token: str) -> None:
    assert await reason_of(verifier, token) in {"id_token_malformed", "id_token_algorithm"}


async def test_verify_rejects_oversized_token_before_reading_it(verifier: IdTokenVerifier) -> None:
    assert await reason_of(verifier, "a" * (MAX_TOKEN_BYTES + 1)) == "id_token_oversized"


async def test_rejection_tells_the_browser_nothing_about_why(
    provider: Any, verifier: IdTokenVerifier
) -> None:
    with pytest.raises(TokenRejectedError) as caught:
        await verifier.verify(provider.sign(iss="https://evil.test"), nonce="nonce")
    assert "iss" not in caught.value.detail
