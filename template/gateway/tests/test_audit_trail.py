"""Every decision is in the record, with who, which rule, why and a sentence. covers R-0405."""

from contextlib import suppress
from typing import Any

import psycopg
import pytest

from devstack.fixtures import TestTenant
from gateway.services import Services
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from runtime.correlation import bind_correlation_id
from runtime.errors import TooManyRequestsError

AUDIT = "/api/admin/audit"


async def trail(admin: Any, services: Services, conforms: Any, **query: Any) -> Any:
    await services.audit.flush()
    return conforms(await admin.get(AUDIT, params=query), "listAudit")


async def ask_too_often(services: Services, person: Person) -> None:
    """Ask until there is a limit."""
    with bind_correlation_id("asked-too-often"), suppress(TooManyRequestsError):
        while True:
            await services.guard.protection.limit("questions", str(person.id), person)


async def test_audit_explains_every_decision(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any, persons: Any
) -> None:
    admin, member = await browsers.of(tenant, "admin"), await browsers.of(tenant, "member")
    await member.get("/api/documents")
    await member.get("/api/admin/overview")
    machine = (
        await admin.post("/api/admin/machines", json={"name": "m", "scopes": ["documents:read"]})
    ).json()
    await admin.post(f"/api/admin/machines/{machine['machine_id']}/keys", json={})
    await admin.delete(f"/api/admin/people/{tenant.member.id}/sessions")
    weak = await browsers.of(tenant, "admin", grant=Grant("t"))
    await weak.get("/api/admin/overview")
    await ask_too_often(services, persons(tenant))
    found = await trail(admin, services, conforms, limit=200)
    expected = {
        ("allow", "GET /api/documents", "permission:documents:read", "permission_held"),
        ("deny", "GET /api/admin/overview", "permission:figures:read", "role_missing"),
        ("admin", machine["machine_id"], "permission:machines:manage", "permission_held"),
        ("rotate", machine["machine_id"], "permission:machines:manage", "permission_held"),
        ("admin", str(tenant.member.id), "permission:sessions:revoke", "permission_held"),
        ("step_up", "GET /api/admin/overview", "stepup:figures:read", "step_up_required"),
        ("limit", "questions", "limit:questions", "too_many_requests"),
    }
    seen = {(e["outcome"], e["target"], e["rule"], *e["reasons"]) for e in found}
    assert expected <= seen
    for entry in found:
        assert entry["policy_version"] == services.roles.version
        assert entry["correlation_id"]
        assert entry["correlation_id"] in entry["explanation"]
        assert tenant.slug in entry["explanation"]
    refusal = next(entry for entry in found if entry["outcome"] == "deny")
    assert "was refused: access.refused, about GET /api/admin/overview" in refusal["explanation"]
    assert "none of their roles gives the permission" in refusal["explanation"]


async def test_one_decision_is_explained_by_its_id(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any
) -> None:
    admin = await browsers.of(tenant, "admin")
    await admin.get("/api/admin/people")
    (newest, *_) = await trail(admin, services, conforms, outcome="allow")
    response = await admin.get(f"{AUDIT}/{newest['id']}")
    assert conforms(response, "explainDecision") == newest


async def test_trail_goes_on_where_the_last_page_ended(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any
) -> None:
    admin = await browsers.of(tenant, "admin")
    for _ in range(4):
        await admin.get("/api/me")
    first = await trail(admin, services, conforms, limit=2)
    second = await trail(admin, services, conforms, limit=2, before=first[-1]["number"])
    numbers = [entry["number"] for entry in first + second]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers) == 4


async def test_trail_is_the_own_tenants_only(
    browsers: Any, tenant: TestTenant, other_tenant: TestTenant, services: Services, conforms: Any
) -> None:
    theirs = await browsers.of(other_tenant, "admin")
    await theirs.get("/api/admin/people")
    (foreign, *_) = await trail(theirs, services, conforms)
    admin = await browsers.of(tenant, "admin")
    assert (await admin.get(f"{AUDIT}/{foreign['id']}")).status_code == 404
    assert foreign["id"] not in [entry["id"] for entry in await trail(admin, services, conforms)]


async def test_revoked_person_is_signed_out_everywhere(
    browsers: Any, tenant: TestTenant, conforms: Any
) -> None:
    admin = await browsers.of(tenant, "admin")
    phones = [await browsers.of(tenant, "member") for _ in range(2)]
    people = conforms(await admin.get("/api/admin/people"), "listPeople")
    assert {p["id"]: p["sessions"] for p in people}[str(tenant.member.id)] == 2
    path = f"/api/admin/people/{tenant.member.id}/sessions"
    assert conforms(await admin.delete(path), "revokeSessions") == {"sessions": 2}
    assert [(await phone.get("/api/me")).status_code for phone in phones] == [401, 401]


@pytest.mark.parametrize(("allows", "methods"), [("all", 2), ("changes", 1)])
async def test_policy_says_which_permitted_requests_are_recorded(
    browsers: Any,
    tenant: TestTenant,
    services: Services,
    owner: psycopg.Connection,
    allows: str,
    methods: int,
) -> None:
    services.audit.policy = services.audit.policy.model_copy(update={"allows": allows})
    member = await browsers.of(tenant)
    await member.get("/api/conversations")
    await member.post("/api/conversations")
    await services.audit.flush()
    query = "SELECT count(*) FROM audit_log WHERE tenant_id = %s AND outcome = 'allow'"
    assert owner.execute(query, [tenant.id]).fetchone() == (methods,)
