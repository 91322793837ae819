"""Sign-in over HTTP with a real provider: cookies, redirects, sign-out. covers R-0304, R-0401."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from httpx2 import AsyncClient
from prometheus_client import CollectorRegistry

from devstack.fixtures import TestTenant
from devstack.identity import Identity, new_browser
from gateway.bootstrap import World, bootstrap
from gateway.cookies import SESSION_COOKIE
from gateway.settings import GatewaySettings
from oidc_auth.grants import Grant
from runtime.logs import configure_logs
from runtime.settings import SettingsError

TOKENS = ("id_token", "access_token", "refresh_token")


@pytest.fixture
def world(world: World) -> World:
    """With the profile that this product signs people in through."""
    return replace(world, profile=None)


@pytest.fixture
def gateway_settings(gateway_settings: GatewaySettings) -> GatewaySettings:
    return GatewaySettings(**gateway_settings.model_dump(exclude={"identity"}))


@pytest.fixture
def trusting(gateway_settings: GatewaySettings, identity: Identity) -> GatewaySettings:
    """Settings of a gateway that trusts the real provider."""
    values = gateway_settings.model_dump() | {
        "oidc_issuer": identity.issuer,
        "oidc_client_id": identity.client_id,
        "oidc_client_secret": identity.client_secret,
    }
    return type(gateway_settings)(**values)


@pytest.fixture
async def client(world: World, trusting: GatewaySettings, opened: Any) -> Any:
    """A browser at such a gateway."""
    return await opened(bootstrap(trusting, world))


@pytest.fixture
def ada(tenant: TestTenant, owner: psycopg.Connection, identity: Identity) -> Any:
    """The tenant's member has an account at the real provider."""
    owner.execute("DELETE FROM users WHERE subject = 'ada'")
    owner.execute(
        "UPDATE users SET issuer = %s, subject = 'ada' WHERE id = %s",
        [identity.issuer, tenant.member.id],
    )
    return tenant.member


async def start(client: AsyncClient, return_to: str = "/") -> Any:
    """Ask where to sign in, as the page does."""
    return await client.post("/auth/login", json={"return_to": return_to})


async def sign_in(
    client: AsyncClient, identity: Identity, *, return_to: str = "/", subject: str = "ada"
) -> Any:
    started = await start(client, return_to)
    assert started.status_code == 200
    parameters = await identity.sign_in(started.json()["redirect_to"], subject)
    return await client.get("/auth/callback", params=parameters)


async def test_sign_in_ends_on_the_page_where_it_began(
    client: AsyncClient, identity: Identity, ada: Any
) -> None:
    finished = await sign_in(client, identity, return_to="/documents?page=2")
    assert (finished.status_code, finished.headers["location"]) == (303, "/documents?page=2")
    assert (await client.get("/api/me")).json()["id"] == str(ada.id)


async def test_cookie_flags_host_prefix(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
) -> None:
    started = await start(client)
    finished = await sign_in(client, identity)
    for response, name in ((started, "__Host-login-"), (finished, SESSION_COOKIE)):
        (cookie,) = [c for c in response.headers.get_list("set-cookie") if c.startswith(name)]
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()


async def test_login_cookie_is_gone_after_sign_in(
    client: AsyncClient, identity: Identity, ada: Any
) -> None:
    await sign_in(client, identity)
    assert [name for name in client.cookies if name.startswith("__Host-login-")] == []


@pytest.mark.parametrize("elsewhere", ["https://evil.test", "//evil.test", "/\\evil.test", "x"])
async def test_open_redirect_return_to(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
    elsewhere: str,
) -> None:
    finished = await sign_in(client, identity, return_to=elsewhere)
    assert finished.headers["location"] == "/"


async def test_state_mismatch(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
    opened: Any,
    gateway_settings: GatewaySettings,
) -> None:
    started = await start(client)
    parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
    client.cookies.clear()
    refused = await client.get("/auth/callback", params=parameters)
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_failed")
    assert SESSION_COOKIE not in client.cookies


async def test_login_cookie_replay(client: AsyncClient, identity: Identity, ada: Any) -> None:
    started = await start(client)
    cookies = dict(client.cookies)
    parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
    await client.get("/auth/callback", params=parameters)
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies.set(name, value, domain="app.test")
    replayed = await client.get("/auth/callback", params=parameters)
    assert replayed.status_code == 400
    assert SESSION_COOKIE not in client.cookies


async def test_session_fixation(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
) -> None:
    client.cookies.set(SESSION_COOKIE, "fixed-by-an-attacker", domain="app.test")
    finished = await sign_in(client, identity)
    (cookie,) = [c for c in finished.headers.get_list("set-cookie") if SESSION_COOKIE in c]
    assert "fixed-by-an-attacker" not in cookie
    assert re.fullmatch(r"__Host-sid=[a-z0-9-]+\.[\w-]{43}", cookie.split(";")[0])


async def test_second_sign_in_ends_the_first_session(
    client: AsyncClient, identity: Identity, ada: Any
) -> None:
    await sign_in(client, identity)
    first = client.cookies[SESSION_COOKIE]
    await sign_in(client, identity)
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, first, domain="app.test")
    assert (await client.get("/api/me")).status_code == 401


async def test_two_tabs_can_sign_in_at_once(
    client: AsyncClient, identity: Identity, ada: Any
) -> None:
    first, second = [await start(client) for _ in range(2)]
    for started in (first, second):
        parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
        finished = await client.get("/auth/callback", params=parameters)
        assert finished.status_code == 303


async def test_person_without_an_account_is_told_so_on_a_page(
    client: AsyncClient, identity: Identity, ada: Any
) -> None:
    client.headers["Accept"] = "text/html"
    refused = await sign_in(client, identity, subject="zoe")
    assert refused.status_code == 403
    assert refused.headers["content-type"].startswith("text/html")
    assert "You have no account here" in refused.text
    assert "style-src 'sha256-" in refused.headers["content-security-policy"]


async def test_person_without_an_account_is_told_so_as_a_problem(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
    valid: Any,
) -> None:
    refused = await sign_in(client, identity, subject="zoe")
    assert (refused.status_code, refused.json()["code"]) == (403, "unknown_person")
    valid(refused.json(), "Problem")


async def test_error_callback_bad_state(client: AsyncClient) -> None:
    client.headers["Accept"] = "text/html"
    attack = {"error": "x", "error_description": "<script>alert(1)</script>call us", "state": "y"}
    refused = await client.get("/auth/callback", params=attack)
    assert refused.status_code == 400
    assert "alert" not in refused.text
    assert "call us" not in refused.text


async def test_rp_logout(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
) -> None:
    await sign_in(client, identity)
    sid = client.cookies[SESSION_COOKIE]
    left = await client.post("/auth/logout")
    assert left.status_code == 200
    query = parse_qs(urlsplit(left.json()["redirect_to"]).query)
    assert query["post_logout_redirect_uri"] == ["https://app.test/"]
    client.cookies.set(SESSION_COOKIE, sid, domain="app.test")
    assert (await client.get("/api/me")).status_code == 401


async def test_logout_without_a_session_leads_home(client: AsyncClient) -> None:
    assert (await client.post("/auth/logout")).json() == {"redirect_to": "/"}


@pytest.mark.parametrize("missing", ["Origin", "X-Requested-With"])
async def test_csrf_missing_header_or_origin(client: AsyncClient, missing: str) -> None:
    del client.headers[missing]
    assert (await client.post("/auth/logout")).status_code == 403


async def test_login_says_when_the_provider_is_down(
    world: World, gateway_settings: GatewaySettings, opened: Any
) -> None:
    settings = gateway_settings.model_copy(update={"oidc_issuer": "http://localhost:1"})
    client = await opened(bootstrap(settings, world))
    refused = await start(client)
    assert (refused.status_code, refused.json()["code"]) == (503, "identity_provider_unavailable")


async def test_backchannel_logout_by_sid(
    client: AsyncClient, identity: Identity, ada: Any, opened: Any
) -> None:
    """The provider signs the person out and posts its token to us; the session is over."""
    async with new_browser() as browser:
        started = await start(client)
        parameters = await identity.sign_in(started.json()["redirect_to"], "ada", browser)
        await client.get("/auth/callback", params=parameters)
        assert (await client.get("/api/me")).status_code == 200
        sid = client.cookies[SESSION_COOKIE]
        away = (await client.post("/auth/logout")).json()["redirect_to"]
        client.cookies.set(SESSION_COOKIE, sid, domain="app.test")
        _, token = await asyncio.gather(identity.sign_out(away, browser), identity.logout_token())
    for header in ("Origin", "X-Requested-With"):
        del client.headers[header]
    told = await client.post("/auth/backchannel", data={"logout_token": token})
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    again = await client.post("/auth/backchannel", data={"logout_token": token})
    assert (again.status_code, again.json()) == (400, {"error": "invalid_request"})
    assert (await client.get("/api/me")).status_code == 401


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 10_000])
async def test_backchannel_refuses_what_is_no_logout_token(
    client: AsyncClient, identity: Identity, token: str
) -> None:
    told = await client.post("/auth/backchannel", data={"logout_token": token})
    assert told.status_code in (400, 422)


async def test_region_failover_reauth(
    world: World,
    client: AsyncClient,
    identity: Identity,
    ada: Any,
    opened: Any,
    trusting: GatewaySettings,
) -> None:
    """The fallback region, with the same database, asks people to sign in again, and lets them."""
    await sign_in(client, identity)
    cookie = client.cookies[SESSION_COOKIE]
    elsewhere = trusting.model_copy(update={"region": "elsewhere"})
    gateway = bootstrap(elsewhere, replace(world, registry=CollectorRegistry()))
    fallback = await opened(gateway, client.auth)
    secret = cookie.partition(".")[2]
    for value in (f"elsewhere.{secret}", cookie):
        fallback.cookies.set(SESSION_COOKIE, value, domain="app.test")
        assert (await fallback.get("/api/me")).status_code == 401
    await sign_in(fallback, identity)
    assert fallback.cookies[SESSION_COOKIE].startswith("elsewhere.")
    assert (await fallback.get("/api/me")).status_code == 200
    assert (await client.get("/api/me")).status_code == 200
    client.cookies.set(SESSION_COOKIE, fallback.cookies[SESSION_COOKIE], domain="app.test")
    assert (await client.get("/api/me")).status_code == 401


async def test_no_secrets_in_logs(
    client: AsyncClient,
    identity: Identity,
    ada: Any,
    gateway_settings: GatewaySettings,
    capsys: pytest.CaptureFixture[str],
    granted: list[str],
    restored_logs: None,
) -> None:
    """Whatever happens at a sign-in, no cookie, code, token or key is on any line."""
    configure_logs("gateway", gateway_settings.model_copy(update={"log_level": "debug"}))
    started = await start(client)
    bindings = list(client.cookies.values())
    parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
    await client.get("/auth/callback", params=parameters)
    sid = client.cookies[SESSION_COOKIE]
    await client.get("/api/me")
    await client.post("/auth/logout")
    await client.get("/auth/callback", params=parameters)
    assert granted, "the provider must have given tokens"
    await client.post("/auth/backchannel", data={"logout_token": granted[0]})
    lines = capsys.readouterr().out
    assert "/auth/callback" in lines, "the log must be on"
    secrets = [sid, *bindings, parameters["code"], parameters["state"], *granted]
    keys = (identity.client_secret, gateway_settings.session_secret.get_secret_value())
    for secret in (*secrets, *keys, sid.partition(".")[2]):
        assert secret not in lines


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token that the provider gives, the ID token first."""
    given: list[str] = []
    keep = Grant.of

    def remember(tokens: Mapping[str, Any], claims: Mapping[str, Any]) -> Grant:
        given.extend(str(tokens[name]) for name in TOKENS if tokens.get(name))
        return keep(tokens, claims)

    monkeypatch.setattr(Grant, "of", remember)
    return given


async def test_jwks_shows_public_keys_only(client: AsyncClient) -> None:
    answer = await client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=60"
    (key,) = answer.json()["keys"]
    assert (key["alg"], key["use"], "d" in key) == ("ES256", "sig", False)


async def test_weak_policy_keeps_the_gateway_from_starting(
    world: World, gateway_settings: GatewaySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "product.toml").touch()
    (tmp_path / "auth").mkdir()
    (tmp_path / "auth" / "policy.yaml").write_text("sessions: {idle_s: 99999999}")
    monkeypatch.setenv("PRODUCT_FILE", str(tmp_path / "product.toml"))
    production = gateway_settings.model_copy(update={"environment": "production"})
    with pytest.raises(SettingsError, match="too weak"):
        bootstrap(production, world)
