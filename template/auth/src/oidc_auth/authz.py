"""Who may do what: roles come from our own table, never from a token.

What a role means is said in one place, ``contracts/auth.yaml``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self, get_args

from oidc_auth.contract import AuthContract, ClaimGrant, Permission
from oidc_auth.errors import RoleMissingError, ScopeMissingError, TenantPausedError
from oidc_auth.people import Person

PERMISSIONS: frozenset[str] = frozenset(get_args(Permission))


@dataclass(frozen=True)
class Roles:
    """What each role may do, under a name that changes when that does."""

    held: Mapping[str, frozenset[str]]
    version: str

    @classmethod
    def of(cls, contract: AuthContract) -> Self:
        """Read what the contract says about roles."""
        held: dict[str, frozenset[str]] = {
            role: frozenset(given) for role, given in contract.roles.items()
        }
        return cls(held, contract.roles_version)

    def permissions(self, person: Person) -> frozenset[str]:
        """Return what a person or machine may do; a role that nobody declared means nothing."""
        if person.scopes is not None:
            return person.scopes
        nothing: frozenset[str] = frozenset()
        return nothing.union(*(self.held.get(role, nothing) for role in person.roles))

    def holders(self, permission: str) -> frozenset[str]:
        """Return the roles that give a permission."""
        return frozenset(role for role, held in self.held.items() if permission in held)

    def check(self, person: Person, permission: str) -> None:
        """Raise ``RoleMissingError`` or ``ScopeMissingError`` without the permission."""
        if permission not in PERMISSIONS:
            raise ValueError(f"{permission} is not a permission")
        if permission in self.permissions(person):
            return
        if person.scopes is not None:
            raise ScopeMissingError(f"This needs the scope {permission}.")
        roles = " or ".join(sorted(self.holders(permission))) or "that nobody has"
        raise RoleMissingError(f"This needs the role {roles}. Ask an administrator.")


def check_active(person: Person) -> None:
    """Raise ``TenantPausedError`` while the person's tenant is paused, live sessions included."""
    if person.is_paused:
        raise TenantPausedError(f"{person.tenant_name} is paused. Ask an administrator.")


def granted_roles(claims: Mapping[str, Any], allowed: Iterable[ClaimGrant]) -> tuple[str, ...]:
    """Return the roles that verified claims give: those on the allow-list and no others."""
    return tuple(
        sorted({grant.role for grant in allowed if grant.value in _values(claims, grant.claim)})
    )


def _values(claims: Mapping[str, Any], name: str) -> list[Any]:
    found = claims.get(name)
    return found if isinstance(found, list) else [found]
