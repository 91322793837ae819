"""The flow against a real, certified provider. covers R-0304, R-0401."""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from devstack.identity import REDIRECT_URI, Identity, new_browser
from oidc_auth.config import AuthSettings
from oidc_auth.errors import RefreshRefusedError, SignInError
from oidc_auth.oidc import Challenge, OidcClient
from oidc_auth.profiles import load_profile
from runtime.product import root

pytestmark = pytest.mark.usefixtures("chosen_profile")


@pytest.fixture
async def real(auth_settings: AuthSettings, identity: Identity) -> AsyncIterator[Any]:
    values = auth_settings.model_dump() | {
        "oidc_issuer": identity.issuer,
        "oidc_client_id": identity.client_id,
        "oidc_client_secret": identity.client_secret,
    }
    client = OidcClient(type(auth_settings)(**values), clock=time.time)
    yield client
    await client.aclose()


def front_channel(identity: Identity, redirect_uri: str = REDIRECT_URI) -> str:
    """An authorization URL as an attacker would write it: nothing pushed, no PKCE."""
    query = {
        "response_type": "code",
        "client_id": identity.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": "s" * 43,
    }
    return f"{identity.issuer}/auth?{urlencode(query)}"


async def test_login_code_pkce(real: OidcClient, identity: Identity) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    assert parameters["state"] == challenge.state
    assert parameters["iss"] == identity.issuer
    signed_in = await real.complete(challenge, parameters)
    assert (signed_in.identity.issuer, signed_in.identity.subject) == (identity.issuer, "ada")
    assert signed_in.identity.email == "ada@example.com"
    assert signed_in.identity.name == "Ada <Example>"


async def test_code_replay(real: OidcClient, identity: Identity) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    await real.complete(challenge, parameters)
    with pytest.raises(SignInError) as caught:
        await real.complete(challenge, parameters)
    assert caught.value.reason == "code_invalid_grant"


async def test_code_is_worthless_without_the_verifier(real: OidcClient, identity: Identity) -> None:
    challenge, thief = (Challenge.new(state="s" * 43) for _ in range(2))
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    with pytest.raises(SignInError) as caught:
        await real.complete(thief, parameters)
    assert caught.value.reason == "code_invalid_grant"


async def test_callback_without_the_promised_issuer_is_refused(
    real: OidcClient, identity: Identity
) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    del parameters["iss"]
    with pytest.raises(SignInError) as caught:
        await real.complete(challenge, parameters)
    assert caught.value.reason == "issuer_missing"


async def test_login_par(real: OidcClient, identity: Identity) -> None:
    query = parse_qs(urlsplit(await real.authorization_url(Challenge.new(state="s" * 43))).query)
    assert set(query) == {"client_id", "request_uri"}


async def test_provider_insists_on_pkce(identity: Identity) -> None:
    answer = await identity.sign_in(front_channel(identity), "ada")
    assert answer["error"] == "invalid_request"


async def test_provider_insists_on_the_registered_redirect_uri(identity: Identity) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        response = await http.get(front_channel(identity, "https://evil.test/auth/callback"))
    assert response.status_code == 400
    assert "redirect_uri" in response.text


async def test_login_page_is_labelled_escaped_and_needs_nothing_else(real: OidcClient) -> None:
    url = await real.authorization_url(Challenge.new(state="s" * 43))
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as http:
        page = (await http.get(url)).text
    assert "development" in page
    assert "Ada &#60;Example&#62;" in page
    assert "http" not in page.replace("http-equiv", "")


async def test_rp_logout(real: OidcClient, identity: Identity) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    signed_in = await real.complete(challenge, parameters)
    url = await real.sign_out_url(signed_in.grant.id_token)
    query = parse_qs(urlsplit(url or "").query)
    assert query["post_logout_redirect_uri"] == ["https://app.test/"]
    async with httpx2.AsyncClient(trust_env=False) as http:
        page = await http.get(url or "")
    assert page.status_code == 200
    assert "/session/end/confirm" in page.text


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_provider_refuses_to_start_outside_development(
    identity: Identity, environment: str
) -> None:
    server = root() / "auth" / "identity" / "server.mjs"
    started = subprocess.run(
        ["node", str(server)],
        env={"PATH": os.environ["PATH"], "ENVIRONMENT": environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert f"ENVIRONMENT={environment}" in started.stderr


def test_profile_of_this_product_exists(auth_settings: AuthSettings) -> None:
    assert load_profile(auth_settings.identity).scopes.startswith("openid")


def test_redirect_uri_is_the_one_that_is_registered(auth_settings: AuthSettings) -> None:
    assert auth_settings.redirect_uri == REDIRECT_URI


async def test_refresh_rotates(real: OidcClient, identity: Identity) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    first = (await real.complete(challenge, parameters)).grant
    assert first.refresh_token is not None
    second = await real.refresh(first.refresh_token, id_token=first.id_token)
    assert second.refresh_token not in (None, first.refresh_token)
    assert second.provider_subject == first.provider_subject
    with pytest.raises(RefreshRefusedError):
        await real.refresh(first.refresh_token, id_token=first.id_token)


async def test_refresh_reuse_revokes_family(real: OidcClient, identity: Identity) -> None:
    challenge = Challenge.new(state="s" * 43)
    parameters = await identity.sign_in(await real.authorization_url(challenge), "ada")
    first = (await real.complete(challenge, parameters)).grant
    assert first.refresh_token is not None
    second = await real.refresh(first.refresh_token, id_token=first.id_token)
    assert second.refresh_token is not None
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(RefreshRefusedError):
            await real.refresh(token, id_token=first.id_token)


async def test_backchannel_logout_by_sid(real: OidcClient, identity: Identity) -> None:
    """The provider's own logout token is what we take for one."""
    challenge = Challenge.new(state="s" * 43)
    async with new_browser() as browser:
        url = await real.authorization_url(challenge)
        parameters = await identity.sign_in(url, "ada", browser)
        grant = (await real.complete(challenge, parameters)).grant
        away = await real.sign_out_url(grant.id_token)
        _, token = await asyncio.gather(
            identity.sign_out(away or "", browser), identity.logout_token()
        )
    notice = await real.logout_verifier(Always()).verify(token)
    assert (notice.issuer, notice.session) == (identity.issuer, grant.session)
    assert grant.session is not None


class Always:
    """Nothing was used before."""

    async def claim(self, _key: str, *, ttl_s: float) -> bool:
        return ttl_s > 0
