"""People see where they are signed in and sign out there; nobody else's session is theirs."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from devstack.device import Device
from devstack.fixtures import TestTenant
from gateway.cookies import SESSION_COOKIE
from gateway.services import Services
from oidc_auth.sealing import digest

OWN = "/api/me/sessions"


async def test_sessions_are_listed_without_those_that_were_replaced(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any
) -> None:
    laptop, phone = await browsers.of(tenant), await browsers.of(tenant)
    await browsers.of(tenant, "reviewer")
    replaced = await services.sessions.replace(phone.cookies[SESSION_COOKIE])
    listed = conforms(await laptop.get(OWN), "listOwnSessions")
    assert [entry["is_current"] for entry in listed].count(True) == 1
    assert len(listed) == 2
    current, other = sorted(listed, key=lambda entry: not entry["is_current"])
    assert (current["is_same_network"], current["is_same_browser"]) == (True, True)
    assert (other["is_same_network"], other["is_same_browser"]) == (False, True)
    assert other["id"] == str((await services.sessions.read(replaced)).family)


@pytest.mark.parametrize(
    "over", ["expires_at = now()", "last_seen_at = now() - '1 year'::interval"]
)
async def test_session_that_is_over_counts_nowhere(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, conforms: Any, over: str
) -> None:
    laptop, phone = await browsers.of(tenant), await browsers.of(tenant)
    admin = await browsers.of(tenant, "admin")
    found = "WHERE sid_hash = %s"
    owner.execute(f"UPDATE sessions SET {over} {found}", [digest(phone.cookies[SESSION_COOKIE])])
    (listed,) = conforms(await laptop.get(OWN), "listOwnSessions")
    assert listed["is_current"]
    people = conforms(await admin.get("/api/admin/people"), "listPeople")
    assert {p["id"]: p["sessions"] for p in people}[str(tenant.member.id)] == 1


async def test_one_session_is_ended_and_recorded(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, conforms: Any
) -> None:
    laptop, phone = await browsers.of(tenant), await browsers.of(tenant)
    listed = conforms(await laptop.get(OWN), "listOwnSessions")
    (other,) = [entry["id"] for entry in listed if not entry["is_current"]]
    assert conforms(await laptop.delete(f"{OWN}/{other}"), "endOwnSession") == {"sessions": 1}
    assert (await phone.get("/api/me")).status_code == 401
    assert (await laptop.get("/api/me")).status_code == 200
    query = "SELECT actor, target, rule, outcome FROM audit_log WHERE action = 'sessions.revoked'"
    member = str(tenant.member.id)
    assert owner.execute(f"{query} AND tenant_id = %s", [tenant.id]).fetchall() == [
        (member, other, "own_sessions", "done")
    ]


async def test_all_others_are_ended_and_this_one_goes_on(
    browsers: Any, tenant: TestTenant, conforms: Any
) -> None:
    here = await browsers.of(tenant)
    others = [await browsers.of(tenant) for _ in range(2)]
    colleague = await browsers.of(tenant, "reviewer")
    assert conforms(await here.delete(OWN), "endOtherSessions") == {"sessions": 2}
    assert [(await other.get("/api/me")).status_code for other in others] == [401, 401]
    assert [(await one.get("/api/me")).status_code for one in (here, colleague)] == [200, 200]
    assert conforms(await here.delete(OWN), "endOtherSessions") == {"sessions": 0}


@pytest.mark.parametrize("who", ["a colleague", "somebody of another tenant", "nobody"])
async def test_session_of_somebody_else_is_not_found(
    browsers: Any, tenant: TestTenant, other_tenant: TestTenant, conforms: Any, who: str
) -> None:
    mine = await browsers.of(tenant)
    theirs = {
        "a colleague": (tenant, "admin"),
        "somebody of another tenant": (other_tenant, "member"),
    }
    target = str(uuid4())
    if who in theirs:
        victim = await browsers.of(*theirs[who])
        (entry,) = conforms(await victim.get(OWN), "listOwnSessions")
        target = entry["id"]
    assert (await mine.delete(f"{OWN}/{target}")).status_code == 404
    if who in theirs:
        assert (await victim.get("/api/me")).status_code == 200


async def test_stolen_cookie_ends_nobodys_session(browsers: Any, tenant: TestTenant) -> None:
    mine = await browsers.of(tenant)
    thief = browsers.anonymous(mine.cookies[SESSION_COOKIE], Device())
    assert (await thief.delete(OWN)).status_code == 401
    assert (await mine.get("/api/me")).status_code == 200


async def test_machine_has_no_sessions(browsers: Any, tenant: TestTenant, conforms: Any) -> None:
    admin = await browsers.of(tenant, "admin")
    wanted = {"name": "import", "scopes": ["documents:read"]}
    made = conforms(await admin.post("/api/admin/machines", json=wanted), "createMachine")
    machine = browsers.anonymous()
    response = await machine.get(OWN, headers={"Authorization": f"Bearer {made['key']}"})
    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")
