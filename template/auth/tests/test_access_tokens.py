"""Tokens between our services: minted small, verified strictly. covers R-0401, R-0403, R-0509."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc_auth.access_tokens import MAX_BYTES, AccessTokenVerifier
from oidc_auth.errors import AccessTokenRejectedError, TokenTooLargeError
from oidc_auth.jwks import PublishedKeys
from oidc_auth.keys import KeyRing, Overlap, RingKey, new_key
from oidc_auth.minting import AccessTokens
from oidc_auth.policy import AuthPolicy

ISSUER, AUDIENCE = "https://app.test", "model-proxy"
POLICY = AuthPolicy()


class Ring:
    """Keys without a database: what ``SigningKeys`` offers, and how often the set was read."""

    def __init__(self, clock: Any) -> None:
        self.keys = KeyRing((RingKey(new_key(), clock.now),), Overlap.of(POLICY))
        self.clock, self.reads = clock, 0

    async def signing(self) -> ECKey:
        key = self.keys.active(self.clock.now)
        assert key is not None
        return key

    async def document(self) -> dict[str, Any]:
        self.reads += 1
        return self.keys.document(self.clock.now)

    def rotate(self) -> None:
        following = RingKey(new_key(), self.clock.now + self.keys.overlap.lead_s)
        self.keys = replace(self.keys, keys=(*self.keys.keys, following))


@pytest.fixture
def ring(clock: Any) -> Ring:
    return Ring(clock)


@pytest.fixture
def tokens(ring: Any, clock: Any) -> AccessTokens:
    return AccessTokens(ISSUER, ring, clock)


@pytest.fixture
def verifier(ring: Ring, clock: Any) -> AccessTokenVerifier:
    return AccessTokenVerifier(PublishedKeys(ring.document, clock), ISSUER, AUDIENCE, clock)


async def mint(tokens: AccessTokens, **claims: Any) -> str:
    audience = claims.pop("audience", AUDIENCE)
    return await tokens.mint(subject="ada", audience=audience, client_id="gateway", claims=claims)


async def forge(ring: Ring, *, header: Any = None, **changed: Any) -> str:
    """Sign what we never would, with our own key."""
    key, now = await ring.signing(), ring.clock.now
    honest = {"iss": ISSUER, "sub": "ada", "aud": AUDIENCE, "client_id": "gateway", "jti": "j"}
    claims = {**honest, "iat": now, "exp": now + 300, **changed}
    told = {name: value for name, value in claims.items() if value is not None}
    headers = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"} | (header or {})
    found = {name: value for name, value in headers.items() if value is not None}
    return jwt.encode(found, told, key, algorithms=["ES256"], default_type=None)


async def reason_of(verifier: AccessTokenVerifier, token: str) -> str:
    with pytest.raises(AccessTokenRejectedError) as caught:
        await verifier.verify(token)
    return caught.value.reason


async def test_mint_makes_what_verify_accepts(
    tokens: AccessTokens, verifier: AccessTokenVerifier, clock: Any
) -> None:
    claims = await verifier.verify(await mint(tokens, tenant="t", roles=["member"]))
    assert (claims["sub"], claims["tenant"], claims["roles"]) == ("ada", "t", ["member"])
    assert claims["exp"] - claims["iat"] <= 300


async def test_mint_never_lets_a_claim_replace_what_it_says_itself(
    tokens: AccessTokens, verifier: AccessTokenVerifier
) -> None:
    claims = await verifier.verify(await mint(tokens, sub="eve", iss="x", exp=9e9))
    assert (claims["sub"], claims["iss"]) == ("ada", ISSUER)


async def test_mint_refuses_a_token_over_two_kilobytes(tokens: AccessTokens) -> None:
    assert len(await mint(tokens, roles=["a-role-of-medium-length"] * 30)) <= MAX_BYTES
    with pytest.raises(TokenTooLargeError):
        await mint(tokens, roles=["a-role-of-medium-length"] * 60)


@pytest.mark.parametrize(
    ("header", "changed", "reason"),
    [
        ({"typ": "JWT"}, {}, "type"),
        ({"typ": "logout+jwt"}, {}, "type"),
        ({"kid": "other"}, {}, "unknown_key"),
        ({}, {"iss": "https://evil.test"}, "issuer"),
        ({}, {"aud": "gateway"}, "audience"),
        ({}, {"aud": [AUDIENCE, "gateway"]}, "audience"),
        ({}, {"sub": ""}, "subject"),
        ({}, {"sub": None}, "subject"),
        ({}, {"exp": None}, "exp_missing"),
        ({}, {"iat": None}, "iat_missing"),
        ({}, {"exp": 1}, "expired"),
        ({}, {"iat": 9e9}, "issued_in_future"),
        ({}, {"jti": None}, "jti_missing"),
        ({}, {"client_id": None}, "client_id_missing"),
        ({}, {"padding": "x" * 50_000}, "oversized"),
        ({}, {"cnf": {"jkt": "thumb"}}, "proof_missing"),
        ({}, {"cnf": "thumb"}, "proof_missing"),
    ],
)
async def test_verify_rejects(
    ring: Ring, verifier: AccessTokenVerifier, header: Any, changed: Any, reason: str
) -> None:
    assert await reason_of(verifier, await forge(ring, header=header, **changed)) == reason


async def test_typ_missing(ring: Ring, verifier: AccessTokenVerifier) -> None:
    """RFC 9068 §4 wants ``at+jwt``; the plain library takes a token that says nothing."""
    assert await reason_of(verifier, await forge(ring, header={"typ": None})) == "type"


async def test_verify_takes_a_bound_token_with_its_proof(
    ring: Ring, verifier: AccessTokenVerifier
) -> None:
    token = await forge(ring, cnf={"jkt": "thumb"})
    assert await verifier.verify(token, thumbprint="thumb")
    with pytest.raises(AccessTokenRejectedError):
        await verifier.verify(token, thumbprint="another")


async def test_verify_looks_at_a_known_token_again_after_a_while(
    ring: Ring, tokens: AccessTokens, verifier: AccessTokenVerifier, clock: Any
) -> None:
    token = await mint(tokens)
    await verifier.verify(token)
    ring.keys = replace(ring.keys, keys=())
    clock.now += POLICY.tokens.cached_s - 1
    assert await verifier.verify(token)
    clock.now += POLICY.jwks.ttl_s
    assert await reason_of(verifier, token) == "unknown_key"


async def test_verify_never_remembers_a_token_past_its_end(
    ring: Ring, verifier: AccessTokenVerifier, clock: Any
) -> None:
    token = await forge(ring, exp=clock.now + 5 - POLICY.tokens.clock_skew_s)
    await verifier.verify(token)
    clock.now += 6
    assert await reason_of(verifier, token) == "expired"


async def test_verify_answers_a_flood_of_unknown_keys_with_one_read(
    ring: Ring, verifier: AccessTokenVerifier, tokens: AccessTokens, clock: Any
) -> None:
    await verifier.verify(await mint(tokens))
    clock.now += POLICY.jwks.cooldown_s
    forged = [await forge(ring, header={"kid": f"forged-{number}"}) for number in range(50)]
    assert set(await asyncio.gather(*(reason_of(verifier, token) for token in forged))) == {
        "unknown_key"
    }
    assert ring.reads == 2


@pytest.mark.parametrize("phase_s", [0, 1, 137, 299])
async def test_key_rotation_overlap_no_401(ring: Ring, clock: Any, phase_s: int) -> None:
    """Three rotations in a row, services that cache at different times, tokens of every age."""
    tokens = AccessTokens(ISSUER, ring, clock)  # type: ignore[arg-type] # the same two methods
    services = [
        AccessTokenVerifier(PublishedKeys(ring.document, clock), ISSUER, AUDIENCE, clock)
        for _ in range(3)
    ]
    alive: list[tuple[float, str]] = []
    verified, signers = 0, set()
    for second in range(0, 3600, 10):
        clock.now += 10
        if second % 1200 == 600:
            ring.rotate()
        alive = [(until, token) for until, token in alive if clock.now < until]
        alive.append((clock.now + POLICY.tokens.lifetime_s, await mint(tokens)))
        signers.add((await ring.signing()).kid)
        for index, service in enumerate(services):
            if (second + phase_s) // 10 % (index + 1) == 0:
                verified += len([await service.verify(token) for _, token in alive[::7]])
    assert len(signers) >= 3
    assert verified > 1000


async def test_verify_would_fail_if_a_key_signed_before_it_was_known(
    ring: Ring, tokens: AccessTokens, verifier: AccessTokenVerifier, clock: Any
) -> None:
    await verifier.verify(await mint(tokens))
    ring.keys = KeyRing((*ring.keys.keys, RingKey(new_key(), clock.now)), ring.keys.overlap)
    assert await reason_of(verifier, await mint(tokens)) == "unknown_key"
