"""What guards a session over HTTP: keys, second factors, risk, work, limits.

covers R-0304, R-0402, R-0404
"""

from dataclasses import replace
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from devstack.device import Device
from devstack.fixtures import TestTenant
from devstack.identity import Identity
from gateway.bootstrap import World, bootstrap
from gateway.cookies import SESSION_COOKIE
from gateway.services import Services
from gateway.settings import GatewaySettings
from oidc_auth.grants import Grant
from oidc_auth.policy import AuthPolicy
from oidc_auth.policy.dpop import DpopPolicy
from oidc_auth.policy.limits import LimitsPolicy, RatePolicy
from oidc_auth.policy.pow import PowPolicy
from oidc_auth.policy.stepup import StepUpPolicy
from oidc_auth.proof_of_work import solve

OVERVIEW = "/api/admin/overview"
EASY = PowPolicy(difficulty=4)


def recorded(owner: psycopg.Connection, tenant: TestTenant, action: str) -> list[tuple[str, Any]]:
    """The outcomes and reasons that the audit log holds for an action in this tenant."""
    query = (
        "SELECT outcome, reasons FROM audit_log WHERE tenant_id = %s AND action = %s ORDER BY seq"
    )
    return owner.execute(query, [tenant.id, action]).fetchall()


# --- The session's key ----------------------------------------------------------------------------


async def test_stolen_cookie_opens_nothing(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    victim = await browsers.of(tenant)
    assert (await victim.get("/api/me")).status_code == 200
    thief = browsers.anonymous(victim.cookies[SESSION_COOKIE])
    refused = await thief.get("/api/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_dpop_proof")
    thief.auth = None
    assert (await thief.get("/api/me")).json()["code"] == "invalid_dpop_proof"
    assert recorded(owner, tenant, "access.refused") == [
        ("deny", ["proof_wrong_key"]),
        ("deny", ["proof_missing"]),
    ]


async def test_dpop_nonce_retry(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    client = await browsers.of(tenant)
    device, client.auth = client.auth, None
    proof = {"DPoP": device.proof("GET", "https://app.test/api/me")}
    asked = await client.get("/api/me", headers=proof)
    assert (asked.status_code, asked.json()["code"]) == (401, "use_dpop_nonce")
    device.learn(asked.headers)
    proof = {"DPoP": device.proof("GET", "https://app.test/api/me")}
    answered = await client.get("/api/me", headers=proof)
    assert answered.status_code == 200
    assert answered.headers["dpop-nonce"]  # the next request need not ask again
    assert (await client.get("/api/me", headers=proof)).status_code == 401
    assert recorded(owner, tenant, "access.refused") == [("deny", ["proof_replayed"])]


async def test_uploads_and_event_streams_need_the_key_too(
    browsers: Any, tenant: TestTenant
) -> None:
    client = await browsers.of(tenant)
    conversation = (await client.post("/api/conversations")).json()["id"]
    client.auth = None
    upload = await client.post("/api/documents", files={"file": ("a.md", b"# a", "text/markdown")})
    ask = await client.post(f"/api/conversations/{conversation}/answers", json={"question": "?"})
    assert (upload.status_code, ask.status_code) == (401, 401)


async def test_session_without_a_key_is_none(
    browsers: Any, tenant: TestTenant, services: Services, persons: Any
) -> None:
    sid = await services.sessions.start(persons(tenant), Grant("token"))
    assert (await browsers.anonymous(sid).get("/api/me")).json()["code"] == "invalid_dpop_proof"


async def test_sign_in_needs_a_key(browsers: Any) -> None:
    client = browsers.anonymous()
    client.auth = None
    refused = await client.post("/auth/login", json={})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_dpop_proof")


# --- A second factor ------------------------------------------------------------------------------


async def test_admin_without_stepup(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    admin = await browsers.of(tenant, "admin", grant=Grant("token"))
    refused = await admin.get(OVERVIEW)
    assert (refused.status_code, refused.json()["code"]) == (
        401,
        "insufficient_user_authentication",
    )
    challenge = refused.headers["www-authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication"')
    assert 'acr_values="' in challenge
    assert 'max_age="900"' in challenge
    assert (await admin.get("/api/me")).status_code == 200
    assert recorded(owner, tenant, "access.refused") == [("step_up", ["step_up_required"])]


async def test_second_factor_does_not_last(
    browsers: Any, tenant: TestTenant, services: Services, strong: Any
) -> None:
    fresh = await browsers.of(tenant, "admin", grant=strong(services, age_s=800))
    stale = await browsers.of(tenant, "admin", grant=strong(services, age_s=1000))
    assert (await fresh.get(OVERVIEW)).status_code == 200
    assert (await stale.get(OVERVIEW)).status_code == 401


async def test_policy_names_further_operations(
    world: World, gateway_settings: GatewaySettings, tenant: TestTenant, open_browsers: Any
) -> None:
    policy = AuthPolicy(stepup=StepUpPolicy(operations=frozenset({"getMe"})))
    app = bootstrap(gateway_settings, replace(world, policy=policy))
    async with app.router.lifespan_context(app):
        browsers = open_browsers(app)
        member = await browsers.of(tenant)
        assert (await member.get("/api/me")).json()["code"] == "insufficient_user_authentication"
        assert (await member.get("/api/documents")).status_code == 200
        await browsers.close()


@pytest.fixture
async def client(
    world: World, gateway_settings: GatewaySettings, identity: Identity, opened: Any
) -> Any:
    """A browser at a gateway that trusts the real provider."""
    values = gateway_settings.model_dump() | {
        "oidc_issuer": identity.issuer,
        "oidc_client_id": identity.client_id,
        "oidc_client_secret": identity.client_secret,
    }
    return await opened(
        bootstrap(type(gateway_settings)(**values), replace(world, policy=AuthPolicy(pow=EASY)))
    )


@pytest.fixture
def ada(tenant: TestTenant, owner: psycopg.Connection, identity: Identity) -> Any:
    """The tenant's administrator has an account at the real provider."""
    owner.execute("DELETE FROM users WHERE subject = 'ada'")
    owner.execute(
        "UPDATE users SET issuer = %s, subject = 'ada' WHERE id = %s",
        [identity.issuer, tenant.admin.id],
    )
    return tenant.admin


async def sign_in(client: Any, identity: Identity, **wanted: Any) -> httpx2.Response:
    started = await client.post("/auth/login", json=wanted)
    assert started.status_code == 200, started.text
    parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
    finished: httpx2.Response = await client.get("/auth/callback", params=parameters)
    return finished


def challenge_of(refused: httpx2.Response) -> dict[str, Any]:
    """What the page sends on, read from the challenge (RFC 9470 §3)."""
    fields = dict(
        part.split("=", 1) for part in refused.headers["www-authenticate"].split(", ")[1:]
    )
    return {
        "acr_values": fields["acr_values"].strip('"'),
        "max_age": int(fields["max_age"].strip('"')),
    }


async def test_stepup_roundtrip(client: Any, identity: Identity, ada: Any) -> None:
    await sign_in(client, identity)
    weak = client.cookies[SESSION_COOKIE]
    refused = await client.get(OVERVIEW)
    assert refused.status_code == 401
    finished = await sign_in(client, identity, return_to="/admin", **challenge_of(refused))
    assert (finished.status_code, finished.headers["location"]) == (303, "/admin")
    assert client.cookies[SESSION_COOKIE] != weak
    assert (await client.get(OVERVIEW)).status_code == 200
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, weak, domain="app.test")
    assert (await client.get(OVERVIEW)).status_code == 401


async def test_max_age_forces_fresh_auth(
    client: Any, identity: Identity, ada: Any, owner: psycopg.Connection
) -> None:
    await sign_in(client, identity, max_age=900)
    owner.execute(
        "UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour'"
        " WHERE user_id = %s",
        [ada.id],
    )
    refused = await client.get(OVERVIEW)
    assert refused.status_code == 401
    started = await client.post("/auth/login", json=challenge_of(refused) | {"max_age": 0})
    assert (
        "max_age=0" in started.json()["redirect_to"]
        or "request_uri" in started.json()["redirect_to"]
    )
    parameters = await identity.sign_in(started.json()["redirect_to"], "ada")
    assert (await client.get("/auth/callback", params=parameters)).status_code == 303
    assert (await client.get(OVERVIEW)).status_code == 200


async def test_nobody_can_ask_for_a_weaker_second_factor(client: Any) -> None:
    refused = await client.post("/auth/login", json={"acr_values": "urn:none"})
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_failed")


# --- Risk and work --------------------------------------------------------------------------------


async def test_session_that_turns_up_elsewhere_needs_a_second_factor(
    browsers: Any, tenant: TestTenant, app: FastAPI, owner: psycopg.Connection
) -> None:
    client = await browsers.of(tenant)
    device: Device = client.auth
    elsewhere = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, client=("198.51.100.7", 1)),
        base_url="https://app.test",
        headers={"User-Agent": "another browser"},
        cookies=dict(client.cookies),
        auth=device,
    )
    async with elsewhere:
        refused = await elsewhere.get("/api/me")
    assert refused.json()["code"] == "insufficient_user_authentication"
    assert (await client.get("/api/me")).status_code == 200
    assert recorded(owner, tenant, "access.refused") == [("step_up", ["changed_surroundings"])]


async def test_many_failures_cost_work_before_the_next_sign_in(client: Any) -> None:
    for _ in range(5):
        await client.get("/auth/callback", params={"state": "made-up", "code": "x"})
    asked = await client.post("/auth/login", json={})
    assert (asked.status_code, asked.json()["code"]) == (403, "proof_of_work_needed")
    work = {"Proof-Of-Work": solve(asked.headers["proof-of-work-challenge"])}
    assert (await client.post("/auth/login", json={}, headers=work)).status_code == 200
    again = await client.post("/auth/login", json={}, headers=work)
    assert again.json()["code"] == "proof_of_work_needed"


# --- Limits ---------------------------------------------------------------------------------------


async def test_rate_limit_ip_and_identity(
    world: World,
    gateway_settings: GatewaySettings,
    tenant: TestTenant,
    open_browsers: Any,
    owner: psycopg.Connection,
) -> None:
    policy = AuthPolicy(
        limits=LimitsPolicy(
            person=RatePolicy(per_s=0.001, burst=3), sign_in=RatePolicy(per_s=0.001, burst=2)
        )
    )
    app = bootstrap(gateway_settings, replace(world, policy=policy))
    async with app.router.lifespan_context(app):
        browsers = open_browsers(app)
        first, second = await browsers.of(tenant), await browsers.of(tenant)
        statuses = [(await c.get("/api/me")).status_code for c in (first, second)]
        # Each first request is sent twice: the nonce comes with the refusal.
        refused = await first.get("/api/me")
        assert [*statuses, refused.status_code] == [200, 429, 429]
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.json()["correlation_id"] == refused.headers["x-correlation-id"]
        colleague = await browsers.of(tenant, "reviewer")
        assert (await colleague.get("/api/me")).status_code == 200
        await browsers.close()
    assert ("limit", ["too_many_requests"]) in recorded(owner, tenant, "access.limited")


@pytest.mark.parametrize(
    ("trusted", "statuses"), [("10.0.0.1", [200, 200, 200]), ("192.0.2.1", [200, 429, 429])]
)
async def test_xff_spoof(
    world: World, gateway_settings: GatewaySettings, opened: Any, trusted: str, statuses: list[int]
) -> None:
    """``X-Forwarded-For`` counts from the proxy that uvicorn was told to trust, and no other."""
    policy = AuthPolicy(limits=LimitsPolicy(address=RatePolicy(per_s=0.001, burst=1)))
    app = bootstrap(gateway_settings, replace(world, policy=policy))
    async with app.router.lifespan_context(app):
        # As uvicorn wraps it, with FORWARDED_ALLOW_IPS.
        inner: Any = app
        behind: Any = ProxyHeadersMiddleware(inner, trusted_hosts=trusted)
        transport = httpx2.ASGITransport(app=behind, client=("10.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="https://app.test") as client:
            seen = [
                (await client.get("/api/product", headers={"X-Forwarded-For": f"203.0.113.{n}"}))
                for n in range(3)
            ]
    assert [response.status_code for response in seen] == statuses


@pytest.mark.parametrize("believed", ["*", "0.0.0.0/0", "::/0", "10.0.0.1, *", "proxy"])
def test_forwarded_addresses_are_never_believed_from_anybody(
    gateway_settings: GatewaySettings, believed: str
) -> None:
    assert gateway_settings.forwarded_allow_ips == "127.0.0.1"
    given = gateway_settings.model_dump() | {"forwarded_allow_ips": believed}
    with pytest.raises(ValidationError, match="FORWARDED_ALLOW_IPS"):
        GatewaySettings(**given)


async def test_binding_can_be_switched_off_in_development_only(
    world: World, gateway_settings: GatewaySettings, tenant: TestTenant, open_browsers: Any
) -> None:
    app = bootstrap(
        gateway_settings, replace(world, policy=AuthPolicy(dpop=DpopPolicy(required=False)))
    )
    async with app.router.lifespan_context(app):
        browsers = open_browsers(app)
        client = await browsers.of(tenant)
        client.auth = None
        assert (await client.get("/api/me")).status_code == 200
        await browsers.close()
