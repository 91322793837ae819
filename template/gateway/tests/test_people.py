"""What anybody and what a signed-in person is told. covers R-0303."""

from typing import Any

from devstack.fixtures import TestTenant
from gateway.cookies import SESSION_COOKIE
from gateway.services import Services


async def test_product_is_told_to_anybody(browsers: Any, conforms: Any) -> None:
    product = conforms(await browsers.anonymous().get("/api/product"), "getProduct")
    assert product["headline"]
    assert 3 <= len(product["suggestions"]) <= 4


async def test_me_is_the_person_of_the_session(
    browsers: Any, tenant: TestTenant, conforms: Any
) -> None:
    client = await browsers.of(tenant, "admin")
    me = conforms(await client.get("/api/me"), "getMe")
    assert (me["id"], me["roles"]) == (str(tenant.admin.id), ["admin"])
    assert me["tenant"] == {"id": str(tenant.id), "slug": tenant.slug, "name": tenant.slug}


async def test_session_is_not_taken_from_a_header_or_the_address(
    browsers: Any, tenant: TestTenant, services: Services
) -> None:
    client = await browsers.of(tenant)
    sid = client.cookies[SESSION_COOKIE]
    stranger = browsers.anonymous()
    for headers, query in (({"Authorization": f"Bearer {sid}"}, {}), ({}, {"sid": sid})):
        response = await stranger.get("/api/me", headers=headers, params=query)
        assert response.status_code == 401
