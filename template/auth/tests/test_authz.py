"""Roles are exact, come from our table, and mean what one file says. covers R-0405."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from oidc_auth.authz import PERMISSIONS, Roles, check_active, granted_roles
from oidc_auth.contract import ClaimGrant, load_contract
from oidc_auth.errors import RoleMissingError, ScopeMissingError, TenantPausedError
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
ALLOWED = (ClaimGrant(claim="groups", value="desk-admins", role="admin"),)


@pytest.fixture
def roles() -> Roles:
    return Roles.of(load_contract())


def test_check_accepts_what_the_role_gives(roles: Roles) -> None:
    roles.check(ADA, "documents:read")


@pytest.mark.parametrize("permission", ["reviews:decide", "tenant:manage", "audit:read"])
def test_check_refuses_the_others(roles: Roles, permission: str) -> None:
    with pytest.raises(RoleMissingError, match=r"reviewer|admin"):
        roles.check(ADA, permission)


@pytest.mark.parametrize("name", ["root", "Admin", "admin ", ""])
def test_role_that_nobody_declared_means_nothing(roles: Roles, name: str) -> None:
    assert roles.permissions(replace(ADA, roles=frozenset({name}))) == frozenset()


def test_check_knows_every_permission_by_name(roles: Roles) -> None:
    with pytest.raises(ValueError, match="everything"):
        roles.check(ADA, "everything")


def test_machine_has_its_scopes_and_no_role(roles: Roles) -> None:
    machine = replace(ADA, roles=frozenset({"admin"}), scopes=frozenset({"documents:read"}))
    roles.check(machine, "documents:read")
    with pytest.raises(ScopeMissingError):
        roles.check(machine, "documents:write")


def test_every_permission_is_given_to_somebody(roles: Roles) -> None:
    assert all(roles.holders(permission) for permission in PERMISSIONS)


def test_check_active_refuses_a_paused_tenant() -> None:
    check_active(ADA)
    with pytest.raises(TenantPausedError):
        check_active(replace(ADA, is_paused=True))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"roles": ["admin"], "role": "admin", "admin": True},
        {"groups": "admin"},
        {"groups": ["Desk-Admins", "desk-admins-2", ["desk-admins"]]},
        {"groups": {"desk-admins": True}},
        {"realm_access": {"roles": ["admin", "desk-admins"]}},
    ],
)
def test_role_escalation_via_claims(claims: dict[str, Any]) -> None:
    assert granted_roles(claims, ALLOWED) == ()
    assert granted_roles(claims | {"groups": ["desk-admins"]}, ()) == ()


@pytest.mark.parametrize("groups", ["desk-admins", ["other", "desk-admins", "desk-admins"]])
def test_granted_roles_are_those_on_the_allow_list(groups: Any) -> None:
    assert granted_roles({"groups": groups}, ALLOWED) == ("admin",)
