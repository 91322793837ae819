"""Machines come with a key or a token, do what their scopes say, and stay in their tenant.

covers R-0405, R-0304
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from joserfc import jws

from devstack.fixtures import TestTenant
from gateway.bootstrap import World, bootstrap
from gateway.services import Services

MACHINES = "/api/admin/machines"
NEW = {"name": "nightly import", "scopes": ["documents:read", "conversations:write"]}


class Hand:
    """A clock that stands still until the test moves it."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
async def app(world: World, gateway_settings: Any, clock: Hand) -> Any:
    app = bootstrap(gateway_settings, replace(world, clock=clock))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def admin(browsers: Any, tenant: TestTenant) -> httpx2.AsyncClient:
    client: httpx2.AsyncClient = await browsers.of(tenant, "admin")
    return client


async def issued(admin: httpx2.AsyncClient, conforms: Any, **more: Any) -> Any:
    return conforms(await admin.post(MACHINES, json=NEW | more), "createMachine")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def get(browsers: Any, secret: str, path: str = "/api/documents") -> httpx2.Response:
    """Ask as a program does: no cookie, no origin, no extra header."""
    client = browsers.anonymous()
    client.headers.clear()
    response: httpx2.Response = await client.get(path, headers=bearer(secret))
    return response


async def test_machine_does_what_its_scopes_say(browsers: Any, admin: Any, conforms: Any) -> None:
    key = (await issued(admin, conforms))["key"]
    assert (await get(browsers, key)).json() == []
    client = browsers.anonymous()
    client.headers.clear()
    assert (await client.post("/api/conversations", headers=bearer(key))).status_code == 201
    refused = await get(browsers, key, "/api/conversations")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    for path in ("/api/admin/overview", "/api/admin/audit", "/api/reviews"):
        assert (await get(browsers, key, path)).status_code == 403


async def test_key_is_shown_once_and_never_stored(
    admin: Any, conforms: Any, owner: psycopg.Connection
) -> None:
    made = await issued(admin, conforms)
    listed = conforms(await admin.get(MACHINES), "listMachines")
    assert [key["prefix"] for key in listed[0]["keys"]] == [made["prefix"]]
    secret = made["key"].removeprefix(made["prefix"])
    assert secret not in str(listed)
    for table in ("machines", "machine_keys", "users", "audit_log"):
        rows = owner.execute(f"SELECT * FROM {table}".encode()).fetchall()
        assert secret not in str(rows)


async def test_rotation_overlaps_then_the_old_key_ends(
    browsers: Any, admin: Any, conforms: Any, clock: Hand
) -> None:
    old = await issued(admin, conforms)
    path = f"{MACHINES}/{old['machine_id']}/keys"
    new = conforms(await admin.post(path, json={"overlap_hours": 1}), "rotateMachineKey")
    for key in (old["key"], new["key"]):
        assert (await get(browsers, key)).status_code == 200
    clock.now += timedelta(hours=1).total_seconds()
    assert (await get(browsers, old["key"])).status_code == 401
    assert (await get(browsers, new["key"])).status_code == 200


async def test_key_ends_on_its_last_day(
    browsers: Any, admin: Any, conforms: Any, clock: Hand
) -> None:
    key = (await issued(admin, conforms, expires_in_days=1))["key"]
    clock.now += timedelta(days=1).total_seconds()
    refused = await get(browsers, key)
    assert (refused.status_code, refused.json()["code"]) == (401, "key_rejected")


async def test_last_use_is_seen(browsers: Any, admin: Any, conforms: Any, clock: Hand) -> None:
    key = (await issued(admin, conforms))["key"]
    assert (await admin.get(MACHINES)).json()[0]["keys"][0]["last_used_at"] is None
    await get(browsers, key)
    seen = (await admin.get(MACHINES)).json()[0]["keys"][0]["last_used_at"]
    assert seen.startswith("2030-03-17T17:46:40")


async def test_revoked_machine_is_out_at_once_and_can_not_come_back(
    browsers: Any, admin: Any, conforms: Any
) -> None:
    made = await issued(admin, conforms)
    token = await token_of(browsers, made)
    assert (await get(browsers, token)).status_code == 200
    assert (await admin.delete(f"{MACHINES}/{made['machine_id']}")).status_code == 204
    for secret in (made["key"], token):
        assert (await get(browsers, secret)).status_code == 401
    again = await admin.post(f"{MACHINES}/{made['machine_id']}/keys", json={})
    assert again.status_code == 409


async def test_paused_tenant_stops_its_machines(
    browsers: Any, admin: Any, conforms: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    made = await issued(admin, conforms)
    token = await token_of(browsers, made)
    assert (await admin.post("/api/admin/tenant/pause")).json() == {"paused": True}
    for secret in (made["key"], token):
        assert (await get(browsers, secret)).json()["code"] == "tenant_paused"
    assert (await asked_for_token(browsers, made)).status_code == 401
    assert (await admin.post("/api/admin/tenant/resume")).json() == {"paused": False}
    assert (await get(browsers, token)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": ["tenant:manage"]},
        {"scopes": ["audit:read"]},
        {"scopes": []},
        {"name": ""},
        {"expires_in_days": 366},
    ],
)
async def test_machine_gets_nothing_that_takes_a_person(admin: Any, changed: Any) -> None:
    assert (await admin.post(MACHINES, json=NEW | changed)).status_code == 422


@pytest.mark.parametrize("secret", ["", "ak_", "ak_000000000000_" + "A" * 43, "a.b.c", "x" * 5000])
async def test_made_up_key_is_refused_and_noted(
    browsers: Any, services: Services, owner: psycopg.Connection, secret: str
) -> None:
    assert (await get(browsers, secret)).status_code == 401
    await services.audit.flush()
    noted = owner.execute("SELECT reasons FROM audit_log WHERE action = 'key.refused'").fetchall()
    assert noted


async def test_key_wins_over_the_cookie(admin: Any, browsers: Any) -> None:
    """A request is one or the other: an attacker's key never acts with a victim's cookie."""
    response = await admin.get("/api/me", headers=bearer("made-up"))
    assert response.status_code == 401


async def asked_for_token(browsers: Any, made: Any, **form: str) -> httpx2.Response:
    client = browsers.anonymous()
    client.headers.clear()
    data = {"grant_type": "client_credentials"} | form
    response: httpx2.Response = await client.post(
        "/oauth/token", data=data, auth=(made["machine_id"], made["key"])
    )
    return response


async def token_of(browsers: Any, made: Any, **form: str) -> str:
    response = await asked_for_token(browsers, made, **form)
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


async def test_client_credentials_give_a_token_of_minutes(
    browsers: Any, admin: Any, conforms: Any, clock: Hand
) -> None:
    made = await issued(admin, conforms)
    response = await asked_for_token(browsers, made, scope="documents:read")
    assert response.json()["expires_in"] <= 300
    token = response.json()["access_token"]
    assert jws.extract_compact(token.encode()).headers()["typ"] == "at+jwt"
    assert (await get(browsers, token)).status_code == 200
    assert (await get(browsers, token, "/api/conversations")).status_code == 403
    clock.now += 400
    assert (await get(browsers, token)).status_code == 401


@pytest.mark.parametrize(
    ("changed", "form", "status", "error"),
    [
        ({"key": "ak_000000000000_" + "A" * 43}, {}, 401, "invalid_client"),
        ({"machine_id": "00000000-0000-0000-0000-000000000000"}, {}, 401, "invalid_client"),
        ({}, {"scope": "documents:write"}, 400, "invalid_scope"),
        ({}, {"scope": "tenant:manage"}, 400, "invalid_scope"),
        ({}, {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, {"client_secret": "twice"}, 400, "invalid_request"),
    ],
)
async def test_token_endpoint_refuses(
    browsers: Any, admin: Any, conforms: Any, changed: Any, form: Any, status: int, error: str
) -> None:
    made = await issued(admin, conforms)
    response = await asked_for_token(browsers, made | changed, **form)
    assert (response.status_code, response.json()) == (status, {"error": error})


async def test_tenant_hop_via_claim_or_path(
    browsers: Any,
    admin: Any,
    conforms: Any,
    services: Services,
    tenant: TestTenant,
    other_tenant: TestTenant,
) -> None:
    """Neither a claim, nor a path, a header or a parameter leads into another tenant."""
    made = await issued(admin, conforms)
    theirs = await browsers.of(other_tenant, "admin")
    foreign = await issued(theirs, conforms)
    hop = await services.machine_tokens.mint.mint(
        subject=made["machine_id"],
        audience=services.machine_tokens.verifier.audience,
        client_id=made["machine_id"],
        claims={"tenant": str(other_tenant.id), "scope": "documents:read"},
    )
    assert (await get(browsers, hop)).status_code == 401
    for request in (
        admin.delete(f"{MACHINES}/{foreign['machine_id']}"),
        admin.post(f"{MACHINES}/{foreign['machine_id']}/keys", json={}),
        admin.delete(f"/api/admin/people/{other_tenant.member.id}/sessions"),
    ):
        assert (await request).status_code == 404
    query = {"tenant": str(other_tenant.id), "tenant_id": str(other_tenant.id)}
    headers = {"X-Tenant-Id": str(other_tenant.id), "X-Tenant": other_tenant.slug}
    me = await admin.get("/api/me", params=query, headers=headers)
    assert me.json()["tenant"]["id"] == str(tenant.id)
    assert (await get(browsers, foreign["key"])).status_code == 200


async def test_hop_would_succeed_where_the_database_did_not_forbid_it(
    app: FastAPI, browsers: Any, admin: Any, conforms: Any, owner: psycopg.Connection,
    other_tenant: TestTenant, services: Services,
) -> None:  # fmt: skip
    """The negative control: without the policy the same token opens the door."""
    made = await issued(admin, conforms)
    hop = await services.machine_tokens.mint.mint(
        subject=made["machine_id"],
        audience=services.machine_tokens.verifier.audience,
        client_id=made["machine_id"],
        claims={"tenant": str(other_tenant.id), "scope": "documents:read"},
    )
    tables = ("machines", "users", "tenants")
    try:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
        assert (await get(browsers, hop)).status_code == 200
    finally:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())
