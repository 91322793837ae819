"""Every operation: nobody without a session, nobody with the wrong role. covers R-0405."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import yaml
from fastapi import FastAPI

from devstack.fixtures import TestTenant
from gateway.settings import GatewaySettings
from runtime.product import root

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def gateway_settings(
    gateway_settings: GatewaySettings, chosen: Callable[[str], dict[str, str]]
) -> GatewaySettings:
    """With the billing that was chosen: its operations are held to the same."""
    return gateway_settings.model_copy(update=chosen("billing"))


def beside(*, public: bool) -> list[tuple[str, str]]:
    """Return the operations of the contracts beside gateway.yaml: an option's, and your own."""
    return [
        (method.upper(), re.sub(r"{\w+}", NOBODY, path))
        for file in sorted((root() / "contracts" / "openapi").glob("*.yaml"))
        if file.name != "gateway.yaml"
        for path, item in yaml.safe_load(file.read_text())["paths"].items()
        if path.startswith("/api/")
        for method, operation in item.items()
        if "operationId" in operation and (operation.get("security") == []) is public
    ]


OPERATIONS = [
    ("GET", "/api/me"),
    ("GET", "/api/me/sessions"),
    ("DELETE", "/api/me/sessions"),
    ("DELETE", f"/api/me/sessions/{NOBODY}"),
    ("GET", "/api/documents"),
    ("POST", "/api/documents"),
    ("GET", f"/api/documents/{NOBODY}"),
    ("DELETE", f"/api/documents/{NOBODY}"),
    ("GET", "/api/conversations"),
    ("POST", "/api/conversations"),
    ("GET", f"/api/conversations/{NOBODY}/answers"),
    ("POST", f"/api/conversations/{NOBODY}/answers"),
    ("GET", f"/api/answers/{NOBODY}"),
    ("GET", "/api/reviews"),
    ("POST", f"/api/reviews/{NOBODY}/decision"),
    ("GET", "/api/admin/overview"),
    ("DELETE", "/api/admin/conversations"),
    ("POST", "/api/admin/tenant/pause"),
    ("POST", "/api/admin/tenant/resume"),
    ("GET", "/api/admin/people"),
    ("DELETE", f"/api/admin/people/{NOBODY}/sessions"),
    ("GET", "/api/admin/audit"),
    ("GET", f"/api/admin/audit/{NOBODY}"),
    ("GET", "/api/admin/machines"),
    ("POST", "/api/admin/machines"),
    ("POST", f"/api/admin/machines/{NOBODY}/keys"),
    ("DELETE", f"/api/admin/machines/{NOBODY}"),
    *beside(public=False),
]
WHILE_PAUSED = {("POST", "/api/admin/tenant/pause"), ("POST", "/api/admin/tenant/resume")}
PUBLIC = {("GET", "/api/product"), *beside(public=True)}


def test_operations_are_all_that_the_gateway_has(app: FastAPI) -> None:
    served = {
        (method.upper(), re.sub(r"{\w+}", NOBODY, path))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert served == {*OPERATIONS, *PUBLIC}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_operation_refuses_a_browser_without_a_session(
    browsers: Any, method: str, path: str
) -> None:
    response = await browsers.anonymous().request(method, path)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unauthenticated"


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_operation_refuses_a_made_up_session(browsers: Any, method: str, path: str) -> None:
    response = await browsers.anonymous(sid="made-up").request(method, path)
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("method", "path"), [operation for operation in OPERATIONS if operation not in WHILE_PAUSED]
)
async def test_paused_tenant_live_sessions_denied(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, method: str, path: str
) -> None:
    client = await browsers.of(tenant)
    owner.execute("UPDATE tenants SET paused = true WHERE id = %s", [tenant.id])
    response = await client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (403, "tenant_paused")


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("member", "GET", "/api/reviews"),
        ("member", "POST", f"/api/reviews/{NOBODY}/decision"),
        ("admin", "GET", "/api/reviews"),
        ("member", "GET", "/api/admin/overview"),
        ("member", "DELETE", "/api/admin/conversations"),
        ("reviewer", "GET", "/api/admin/overview"),
        *(
            (role, method, path)
            for method, path in OPERATIONS
            if path.startswith("/api/admin")
            for role in ("member", "reviewer")
        ),
    ],
)
async def test_operation_refuses_the_wrong_role_and_records_it(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection, role: str, method: str, path: str
) -> None:
    client = await browsers.of(tenant, role)
    response = await client.request(method, path, json={"decision": "approved"})
    assert (response.status_code, response.json()["code"]) == (403, "role_missing")
    recorded = owner.execute(
        "SELECT actor, target FROM audit_log WHERE action = 'access.refused' AND tenant_id = %s",
        [tenant.id],
    ).fetchone()
    assert recorded == (str(getattr(tenant, role).id), f"{method} {path}")


@pytest.mark.parametrize("missing", ["Origin", "X-Requested-With"])
@pytest.mark.parametrize(
    ("method", "path"), [operation for operation in OPERATIONS if operation[0] != "GET"]
)
async def test_change_refuses_a_request_that_another_site_could_make(
    browsers: Any, tenant: TestTenant, method: str, path: str, missing: str
) -> None:
    client = await browsers.of(tenant, "admin")
    del client.headers[missing]
    response = await client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (403, "cross_site")
