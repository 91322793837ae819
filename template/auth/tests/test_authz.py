"""Roles are exact and come from our table. covers R-0405."""

from dataclasses import replace
from uuid import uuid4

import pytest

from oidc_auth.authz import check_active, check_role
from oidc_auth.errors import RoleMissingError, TenantPausedError
from oidc_auth.people import Person

ADA = Person(
    id=uuid4(),
    email="ada@example.com",
    name="Ada",
    roles=frozenset({"member"}),
    tenant_id=uuid4(),
    tenant_slug="acme",
    tenant_name="Acme",
    is_paused=False,
)


def test_check_role_accepts_a_role_that_the_person_has() -> None:
    check_role(ADA, "member")


@pytest.mark.parametrize("role", ["reviewer", "admin"])
def test_check_role_refuses_the_others(role: str) -> None:
    with pytest.raises(RoleMissingError, match=role):
        check_role(ADA, role)


def test_check_role_knows_every_role_by_name() -> None:
    with pytest.raises(ValueError, match="root"):
        check_role(ADA, "root")


def test_check_active_refuses_a_paused_tenant() -> None:
    check_active(ADA)
    with pytest.raises(TenantPausedError):
        check_active(replace(ADA, is_paused=True))
