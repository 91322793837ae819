"""The attacks are real: each of these gets into sign-in on a bare library. covers R-0304.

Where the library learns to refuse one, this fails: then the attack proves nothing any more and its
entry goes, here and not elsewhere.
"""

from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey

from devstack.attacks import access, sign_in
from devstack.attacks.plain import PlainParty, PlainRefresher, PlainServer
from devstack.attacks.provider import ISSUER, HostileProvider
from oidc_auth.access_tokens import AccessTokenVerifier
from oidc_auth.config import system_clock
from oidc_auth.errors import AccessTokenRejectedError
from oidc_auth.jwks import PublishedKeys

PENETRATING = [
    sign_in.alg_none_even_if_advertised,
    sign_in.aud_mismatch_with_azp,
    sign_in.mixup_iss_wrong,
    sign_in.mixup_iss_missing,
    sign_in.discovery_issuer_mismatch,
    sign_in.withdrawn_key_rejected_after_ttl,
    sign_in.typ_confusion_access_token,
    sign_in.typ_confusion_logout_token,
    sign_in.empty_sub,
    sign_in.expired,
    sign_in.login_cookie_replay,
    sign_in.error_callback_bad_state,
]

REFUSED_EVERYWHERE = [
    sign_in.hs256_key_confusion,
    sign_in.jku_jwk_header_ignored,
    sign_in.wrong_iss,
    sign_in.nbf_and_clock_skew_bounds,
    sign_in.nonce_replay,
    sign_in.state_mismatch,
]

ACCESS = [access.typ_missing, access.bound_without_proof, access.oversized_token]


@pytest.fixture
def key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "one"})


@pytest.fixture
def our_server(key: ECKey) -> Any:
    async def document() -> object:
        return {"keys": [key.as_dict(private=False)]}

    class Server:
        """The verifier that our services use."""

        def __init__(self) -> None:
            keys = PublishedKeys(document, system_clock)
            self.verifier = AccessTokenVerifier(keys, access.ISSUER, access.AUDIENCE, system_clock)

        async def accept(self, token: str) -> str:
            return str((await self.verifier.verify(token))["sub"])

    return Server()


def named(attack: Callable[..., Any]) -> str:
    return attack.__name__


async def test_plain_library_lets_an_honest_person_in(
    plain: PlainParty, provider: HostileProvider
) -> None:
    assert await sign_in.honest(plain, provider) == "ada"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it warns, and accepts
@pytest.mark.parametrize("attack", PENETRATING, ids=named)
async def test_attack_gets_into_the_plain_library(
    plain: PlainParty, provider: HostileProvider, attack: sign_in.Attack
) -> None:
    assert await attack(plain, provider) in {"ada", "", sign_in.LURE}


async def test_attack_gets_past_a_check_that_the_plain_library_makes_once(
    provider: HostileProvider,
) -> None:
    """authlib takes the ``validate`` function out of the options when it first sees them."""
    options = {"iss": {"essential": True, "validate": lambda _claims, value: value == ISSUER}}
    party = PlainParty(provider, claims_options=options)
    assert await sign_in.wrong_iss_the_second_time(party, provider) == "ada"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("attack", REFUSED_EVERYWHERE, ids=named)
async def test_attack_is_refused_by_the_plain_library_too(
    plain: PlainParty, provider: HostileProvider, attack: sign_in.Attack
) -> None:
    with pytest.raises(Exception, match=r"."):
        await attack(plain, provider)


async def test_plain_library_never_compares_how_and_when_a_person_signed_in(
    plain: PlainParty, provider: HostileProvider
) -> None:
    """It asks for a second factor a moment ago, and takes a password of last year."""
    visit = await plain.begin(acr_values="mfa", max_age="60")
    provider.nonce = visit.nonce
    provider.claims = {"acr": "pwd", "auth_time": int(provider.clock()) - 31_536_000}
    assert await plain.finish(visit, {"state": visit.state, "code": "good"}) == "ada"


@pytest.mark.parametrize("attack", ACCESS, ids=named)
async def test_access_attack_gets_into_the_plain_library_and_not_into_ours(
    our_server: Any, key: ECKey, attack: access.AccessAttack
) -> None:
    assert await access.honest(our_server, key) == "ada"
    assert await attack(PlainServer(key), key) == "ada"
    with pytest.raises(AccessTokenRejectedError):
        await attack(our_server, key)


async def test_plain_library_kills_a_session_by_renewing_it_twice(
    provider: HostileProvider,
) -> None:
    provider.refreshes = {}
    await PlainRefresher(provider).two_requests_at_once()
    assert provider.is_family_revoked
