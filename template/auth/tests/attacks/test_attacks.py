"""Every attack on a sign-in is refused, for the right reason. covers R-0304, R-0401."""

from typing import Any

import pytest

from devstack.attacks import sign_in
from devstack.attacks.provider import HostileProvider
from oidc_auth.errors import ProviderUnavailableError, TokenRejectedError

pytestmark = pytest.mark.usefixtures("chosen_profile")


async def test_honest_sign_in_is_let_in(ours: Any, provider: HostileProvider, ada: Any) -> None:
    assert await sign_in.honest(ours, provider) == str(ada.id)


async def test_alg_none_even_if_advertised(refusal: Any) -> None:
    assert await refusal(sign_in.alg_none_even_if_advertised) == "id_token_algorithm"


async def test_hs256_key_confusion(refusal: Any) -> None:
    assert await refusal(sign_in.hs256_key_confusion) == "id_token_algorithm"


async def test_jku_jwk_header_ignored(refusal: Any) -> None:
    # Where the provider never signs with the attacker's algorithm, that alone is enough.
    reasons = {"id_token_unknown_key", "id_token_algorithm"}
    assert await refusal(sign_in.jku_jwk_header_ignored) in reasons


async def test_unknown_kid_flood_one_fetch(ours: Any, provider: HostileProvider) -> None:
    await sign_in.honest(ours, provider)
    moment = provider.clock()
    provider.clock = lambda: moment + 60
    for number in range(30):
        provider.header = {"kid": f"forged-{number}"}
        with pytest.raises(TokenRejectedError):
            await sign_in.honest(ours, provider)
    assert provider.key_requests == 2


async def test_withdrawn_key_rejected_after_ttl(refusal: Any) -> None:
    assert await refusal(sign_in.withdrawn_key_rejected_after_ttl) == "id_token_unknown_key"


async def test_jwks_outage_cached_keys_ok(
    ours: Any, provider: HostileProvider, our_login: Any, ada: Any
) -> None:
    await sign_in.honest(ours, provider)
    keys, moment = our_login.provider.keys, provider.clock()
    provider.is_down = True
    provider.clock = lambda: moment + 400
    assert (await keys.find("one", "RS256")).kid == "one"


async def test_wrong_iss(refusal: Any) -> None:
    assert await refusal(sign_in.wrong_iss) == "id_token_issuer"


async def test_wrong_iss_the_second_time(refusal: Any) -> None:
    assert await refusal(sign_in.wrong_iss_the_second_time) == "id_token_issuer"


async def test_aud_mismatch_with_azp(refusal: Any) -> None:
    assert await refusal(sign_in.aud_mismatch_with_azp) == "id_token_audience"


async def test_expired(refusal: Any) -> None:
    assert await refusal(sign_in.expired) == "id_token_expired"


async def test_nbf_and_clock_skew_bounds(refusal: Any) -> None:
    assert await refusal(sign_in.nbf_and_clock_skew_bounds) == "id_token_not_yet_valid"


@pytest.mark.parametrize(
    "attack", [sign_in.typ_confusion_access_token, sign_in.typ_confusion_logout_token]
)
async def test_typ_confusion(refusal: Any, attack: Any) -> None:
    assert await refusal(attack) == "id_token_type"


async def test_empty_sub(refusal: Any) -> None:
    assert await refusal(sign_in.empty_sub) == "id_token_subject"


async def test_oversized_token(refusal: Any) -> None:
    assert await refusal(sign_in.oversized_token) == "id_token_oversized"


async def test_nonce_replay(refusal: Any) -> None:
    assert await refusal(sign_in.nonce_replay) == "id_token_nonce"


async def test_state_mismatch(refusal: Any) -> None:
    assert await refusal(sign_in.state_mismatch) == "state_of_another_browser"


async def test_login_cookie_replay(refusal: Any) -> None:
    assert await refusal(sign_in.login_cookie_replay) == "state_unknown_or_used"


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (sign_in.mixup_iss_wrong, "issuer_mismatch"),
        (sign_in.mixup_iss_missing, "issuer_missing"),
    ],
)
async def test_mixup_iss_wrong_or_missing(refusal: Any, attack: Any, reason: str) -> None:
    assert await refusal(attack) == reason


async def test_discovery_issuer_mismatch(refusal: Any) -> None:
    assert await refusal(sign_in.discovery_issuer_mismatch) == "identity_provider_untrusted"


async def test_error_callback_bad_state(refusal: Any) -> None:
    assert await refusal(sign_in.error_callback_bad_state) == "state_of_another_browser"


async def test_login_par_sends_the_browser_with_a_reference_only(
    ours: Any, provider: HostileProvider
) -> None:
    provider.metadata = {"pushed_authorization_request_endpoint": "https://provider.test/par"}
    url = (await ours.login.begin(return_to="/")).url
    assert url == "https://provider.test/authorize?client_id=client&request_uri=urn%3Apushed%3A1"
    assert provider.pushed[0]["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    ("endpoint", "error"),
    [("/nowhere", ProviderUnavailableError), ("/jwks", ProviderUnavailableError)],
)
async def test_login_par_that_fails_never_goes_through_the_browser(
    ours: Any, provider: HostileProvider, endpoint: str, error: type[Exception]
) -> None:
    provider.metadata = {
        "pushed_authorization_request_endpoint": f"https://provider.test{endpoint}"
    }
    with pytest.raises(error):
        await ours.login.begin(return_to="/")
