"""Proofs of possession and every way to get around them. covers R-0304, R-0402."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from devstack.device import Device
from oidc_auth.dpop import MAX_PROOF_BYTES, Nonces, Proofs, ProvenRequest
from oidc_auth.errors import NonceNeededError, ProofRefusedError
from oidc_auth.replay import PostgresReplays
from runtime.database import Database

REQUEST = ProvenRequest("POST", "https://app.test/api/documents")
WINDOW_S = 60


@pytest.fixture
def nonces(clock: Any) -> Nonces:
    return Nonces("a secret of this test", clock, window_s=WINDOW_S)


@pytest.fixture
def proofs(database: Database, nonces: Nonces, clock: Any) -> Proofs:
    return Proofs(PostgresReplays(database, clock), nonces, clock, skew_s=300)


@pytest.fixture
def device(nonces: Nonces) -> Device:
    device = Device()
    device.nonce = nonces.current()
    return device


def proof_of(device: Device, **changed: Any) -> str:
    return device.proof(REQUEST.method, REQUEST.url, **changed)


def forged(device: Device, key: Any = None, **header: Any) -> str:
    """A proof with another header, signed by another key if one is given."""
    claims = jwt.decode(proof_of(device), device.key).claims
    honest = {"alg": "ES256", "typ": "dpop+jwt", "jwk": device.key.as_dict(private=False)}
    said = {name: value for name, value in (honest | header).items() if value is not None}
    registry = JWSRegistry(algorithms=[said["alg"]], strict_check_header=False)
    registry.header_registry = {"alg": registry.header_registry["alg"]}
    return jwt.encode(said, claims, key or device.key, registry=registry)


async def reason_of(proofs: Proofs, proof: str | None, **options: Any) -> str:
    with pytest.raises(ProofRefusedError) as caught:
        await proofs.verify(proof, options.pop("request", REQUEST), **options)
    assert caught.value.headers["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    return caught.value.reason


async def test_proof_of_the_bound_key_is_taken(proofs: Proofs, device: Device) -> None:
    proof = proofs.read(proof_of(device), REQUEST)
    assert proof.jkt == await proofs.verify(proof_of(device), REQUEST) == device.jkt
    proof.check_key(device.jkt)


async def test_dpop_nonce_retry(proofs: Proofs, device: Device, nonces: Nonces) -> None:
    device.nonce = None
    with pytest.raises(NonceNeededError) as caught:
        await proofs.verify(proof_of(device), REQUEST)
    assert caught.value.headers["WWW-Authenticate"].startswith('DPoP error="use_dpop_nonce"')
    device.learn({"dpop-nonce": caught.value.headers["DPoP-Nonce"]})
    assert await proofs.verify(proof_of(device), REQUEST) == device.jkt


async def test_dpop_missing_replayed_wrong_key(proofs: Proofs, device: Device) -> None:
    assert await reason_of(proofs, None) == "missing"
    proof = proof_of(device)
    await proofs.verify(proof, REQUEST)
    assert await reason_of(proofs, proof) == "replayed"
    with pytest.raises(ProofRefusedError) as caught:
        proofs.read(proof_of(device), REQUEST).check_key(Device().jkt)
    assert caught.value.reason == "wrong_key"


async def test_replay_is_seen_by_another_process(
    proofs: Proofs, device: Device, database: Database, nonces: Nonces, clock: Any
) -> None:
    proof = proof_of(device)
    await proofs.verify(proof, REQUEST)
    other = Proofs(PostgresReplays(database, clock), nonces, clock)
    assert await reason_of(other, proof) == "replayed"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"htm": "GET"}, "method"),
        ({"htm": None}, "method"),
        ({"htu": "https://evil.test/api/documents"}, "url"),
        ({"htu": "https://app.test/api/answers"}, "url"),
        ({"htu": None}, "url"),
        ({"iat": None}, "iat_missing"),
        ({"iat": True}, "iat_missing"),
        ({"iat": float("inf")}, "iat_missing"),
        ({"iat": 0}, "iat_out_of_range"),
        ({"iat": 4_000_000_000}, "iat_out_of_range"),
        ({"jti": None}, "jti_missing"),
        ({"jti": "short"}, "jti_missing"),
        ({"jti": "j" * 200}, "jti_missing"),
    ],
)
async def test_proof_of_another_request_is_refused(
    proofs: Proofs, device: Device, changed: dict[str, Any], reason: str
) -> None:
    assert await reason_of(proofs, proof_of(device, **changed)) == reason


async def test_query_and_fragment_are_not_part_of_the_url(proofs: Proofs, device: Device) -> None:
    url = f"{REQUEST.url}?page=2#top"
    assert await proofs.verify(proof_of(device, htu=url), REQUEST) == device.jkt


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"typ": "JWT"}, "type"),
        ({"typ": None}, "type"),
        ({"jwk": None}, "key_missing"),
        ({"jwk": "key"}, "key_missing"),
        ({"jwk": {"kty": "EC", "crv": "P-256", "x": "AA"}}, "key_missing"),
        ({"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, "malformed"),
        ({"jwk": {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}}, "key_unfit"),
    ],
)
async def test_header_that_is_not_a_proofs_is_refused(
    proofs: Proofs, device: Device, header: dict[str, Any], reason: str
) -> None:
    assert await reason_of(proofs, forged(device, **header)) == reason


async def test_signature_of_another_key_is_refused(proofs: Proofs, device: Device) -> None:
    assert await reason_of(proofs, forged(device, Device().key)) == "malformed"


async def test_key_with_its_private_part_is_refused(proofs: Proofs, device: Device) -> None:
    proof = forged(device, jwk=device.key.as_dict(private=True))
    assert await reason_of(proofs, proof) == "key_unfit"


async def test_other_algorithms_are_refused(proofs: Proofs, device: Device) -> None:
    rsa, secret = RSAKey.generate_key(2048), OctKey.generate_key(256)
    for key, alg in ((rsa, "RS256"), (secret, "HS256")):
        assert await reason_of(proofs, forged(device, key, alg=alg)) == "algorithm"
    header = urlsafe_b64encode(json.dumps({"typ": "dpop+jwt", "alg": "none"}).encode()).decode()
    assert await reason_of(proofs, f"{header.rstrip('=')}.e30.") == "algorithm"


@pytest.mark.parametrize("proof", ["x", "a.b.c", "e30.e30.e30", "é.é.é", "." * 2000])
async def test_rubbish_is_refused(proofs: Proofs, proof: str) -> None:
    assert await reason_of(proofs, proof) in {"malformed", "type"}


async def test_claims_without_an_end_are_refused(proofs: Proofs, device: Device) -> None:
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": device.key.as_dict(private=False)}
    proof = jws.serialize_compact(header, "[" * 1100, device.key)
    assert len(proof) < MAX_PROOF_BYTES
    assert await reason_of(proofs, proof) == "malformed"


async def test_oversized_proof_is_not_even_read(proofs: Proofs, device: Device) -> None:
    proof = proof_of(device, more="x" * MAX_PROOF_BYTES)
    assert await reason_of(proofs, proof) == "oversized"


async def test_access_token_must_be_named(proofs: Proofs, device: Device) -> None:
    request = ProvenRequest(REQUEST.method, REQUEST.url, access_token="token")
    assert await reason_of(proofs, proof_of(device), request=request) == "access_token"
    # SHA-256 of "token", as RFC 9449 §4.2 writes it.
    ath = "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A"
    assert await proofs.verify(proof_of(device, ath=ath), request) == device.jkt


async def test_nonce_is_good_for_two_windows(proofs: Proofs, device: Device, clock: Any) -> None:
    clock.now += WINDOW_S
    await proofs.verify(proof_of(device), REQUEST)
    clock.now += WINDOW_S
    with pytest.raises(NonceNeededError):
        await proofs.verify(proof_of(device), REQUEST)


@pytest.mark.parametrize("nonce", ["made up", "", 7, "é"])
async def test_nonce_that_is_not_ours_is_refused(
    proofs: Proofs, device: Device, nonce: object
) -> None:
    with pytest.raises(NonceNeededError):
        await proofs.verify(proof_of(device, nonce=nonce), REQUEST)


def test_nonces_of_another_secret_are_not_ours(nonces: Nonces, clock: Any) -> None:
    other = Nonces("another secret", clock, window_s=WINDOW_S)
    assert not nonces.is_good(other.current())


async def test_key_in_another_spelling_is_refused(proofs: Proofs, device: Device) -> None:
    jwk: dict[str, Any] = dict(device.key.as_dict(private=False))
    # 43 characters carry 258 bits: the last two say nothing, so each key has four spellings.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelled = {**jwk, "x": jwk["x"][:-1] + alphabet[alphabet.index(jwk["x"][-1]) | 1]}
    assert await reason_of(proofs, forged(device, jwk=spelled)) == "malformed"


async def test_keys_of_other_kinds_are_refused(proofs: Proofs, device: Device) -> None:
    other = ECKey.generate_key("P-384").as_dict(private=False)
    assert await reason_of(proofs, forged(device, jwk=other)) == "key_unfit"
