"""Attacks on a sign-in: forged tokens, forged answers, forged browsers."""

import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from devstack.attacks.parties import RelyingParty
from devstack.attacks.provider import CLIENT_ID, ISSUER, HostileProvider

EVIL = "https://evil.test"
LURE = "call this number at once"
Attack = Callable[[RelyingParty, HostileProvider], Awaitable[str]]


async def honest(party: RelyingParty, provider: HostileProvider, **parameters: str) -> str:
    """Sign in as anybody does; every attack differs from this in one thing."""
    visit = await party.begin()
    provider.nonce = visit.nonce
    return await party.finish(visit, {"state": visit.state, "code": "good"} | parameters)


async def alg_none_even_if_advertised(party: RelyingParty, provider: HostileProvider) -> str:
    """An unsigned token, where the metadata says that unsigned ones exist."""
    provider.metadata = {"id_token_signing_alg_values_supported": ["none", "RS256"]}
    visit = await party.begin()
    provider.nonce = visit.nonce
    provider.id_token = f"{_part({'alg': 'none'})}.{provider.sign().split('.')[1]}."
    return await party.finish(visit, {"state": visit.state, "code": "good"})


async def hs256_key_confusion(party: RelyingParty, provider: HostileProvider) -> str:
    """A token signed with the public key, as if that were a shared secret."""
    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}
    visit = await party.begin()
    provider.nonce = visit.nonce
    signed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{provider.sign().split('.')[1]}"
    assert isinstance(provider.signing_key, RSAKey)  # noqa: S101 - its public part is known
    public = provider.signing_key.as_pem(private=False)
    signature = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256"))
    provider.id_token = f"{signed}.{signature.rstrip(b'=').decode()}"
    return await party.finish(visit, {"state": visit.state, "code": "good"})


async def jku_jwk_header_ignored(party: RelyingParty, provider: HostileProvider) -> str:
    """A token that brings the key along that verifies it."""
    attacker = ECKey.generate_key("P-256", {"kid": "two"})
    provider.metadata = {"id_token_signing_alg_values_supported": ["ES256", "RS256"]}
    provider.published, provider.signing_key = [provider.signing_key], attacker
    brought = {"jku": f"{EVIL}/jwks", "jwk": attacker.as_dict(private=False)}
    provider.header = {"alg": "ES256"} | brought
    return await honest(party, provider)


async def withdrawn_key_rejected_after_ttl(party: RelyingParty, provider: HostileProvider) -> str:
    """A token by a key that the provider has taken back."""
    await honest(party, provider)
    provider.published = [RSAKey.generate_key(2048, {"kid": "two"})]
    moment = provider.clock()
    provider.clock = lambda: moment + 400
    provider.claims |= {"iat": int(time.time()), "exp": int(moment) + 3600}
    return await honest(party, provider)


async def wrong_iss(party: RelyingParty, provider: HostileProvider) -> str:
    """Another issuer's token."""
    provider.claims |= {"iss": EVIL}
    return await honest(party, provider)


async def wrong_iss_the_second_time(party: RelyingParty, provider: HostileProvider) -> str:
    """Another issuer's token, after an honest one."""
    await honest(party, provider)
    return await wrong_iss(party, provider)


async def aud_mismatch_with_azp(party: RelyingParty, provider: HostileProvider) -> str:
    """A token for somebody else that mentions us."""
    provider.claims |= {"aud": ["other"], "azp": CLIENT_ID}
    return await honest(party, provider)


async def expired(party: RelyingParty, provider: HostileProvider) -> str:
    """A token that ended a minute ago."""
    provider.claims |= {"exp": int(provider.clock()) - 60}
    return await honest(party, provider)


async def nbf_and_clock_skew_bounds(party: RelyingParty, provider: HostileProvider) -> str:
    """A token that begins in five minutes."""
    provider.claims |= {"nbf": int(provider.clock()) + 300}
    return await honest(party, provider)


async def typ_confusion_access_token(party: RelyingParty, provider: HostileProvider) -> str:
    """An access token in an ID token's place."""
    provider.header = {"typ": "at+jwt"}
    return await honest(party, provider)


async def typ_confusion_logout_token(party: RelyingParty, provider: HostileProvider) -> str:
    """A logout token in an ID token's place."""
    provider.header = {"typ": "logout+jwt"}
    return await honest(party, provider)


async def empty_sub(party: RelyingParty, provider: HostileProvider) -> str:
    """A token about nobody."""
    provider.claims |= {"sub": "", "oid": ""}
    return await honest(party, provider)


async def oversized_token(party: RelyingParty, provider: HostileProvider) -> str:
    """A token of 50 kB."""
    provider.claims |= {"padding": "x" * 50_000}
    return await honest(party, provider)


async def nonce_replay(party: RelyingParty, provider: HostileProvider) -> str:
    """The token of an earlier sign-in, in a later one."""
    await honest(party, provider)
    provider.id_token = provider.sign()
    visit = await party.begin()
    return await party.finish(visit, {"state": visit.state, "code": "good"})


async def state_mismatch(party: RelyingParty, provider: HostileProvider) -> str:
    """The attacker's answer in the victim's browser (login CSRF)."""
    attacker, victim = await party.begin(), await party.begin()
    provider.nonce = attacker.nonce
    return await party.finish(victim, {"state": attacker.state + "x", "code": "good"})


async def login_cookie_replay(party: RelyingParty, provider: HostileProvider) -> str:
    """A callback and the cookies of its moment, both once more."""
    visit = await party.begin()
    provider.nonce = visit.nonce
    parameters = {"state": visit.state, "code": "good"}
    await party.finish(visit, parameters)
    return await party.finish(visit, parameters)


async def mixup_iss_wrong(party: RelyingParty, provider: HostileProvider) -> str:
    """An answer by another provider than the one that was asked (RFC 9207)."""
    return await honest(party, provider, iss=EVIL)


async def mixup_iss_missing(party: RelyingParty, provider: HostileProvider) -> str:
    """An answer that does not say by whom, where the provider promised to."""
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    return await honest(party, provider)


async def discovery_issuer_mismatch(party: RelyingParty, provider: HostileProvider) -> str:
    """Metadata that speaks for another issuer than the one that was configured."""
    provider.metadata, provider.claims = {"issuer": EVIL}, {**provider.claims, "iss": EVIL}
    return await honest(party, provider)


async def error_callback_bad_state(party: RelyingParty, provider: HostileProvider) -> str:
    """A link that makes the product show what its author wants."""
    provider.nonce = "not asked for"
    visit = await party.begin()
    bogus = {"state": "bogus", "error": "access_denied", "error_description": LURE, "iss": ISSUER}
    try:
        return await party.finish(visit, bogus)
    except Exception as error:
        if LURE in f"{error!s} {vars(error)}":
            return LURE
        raise


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
