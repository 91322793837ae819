"""Who may do what: roles come from our own table, never from a token."""

from oidc_auth.errors import RoleMissingError, TenantPausedError
from oidc_auth.people import Person

ROLES = frozenset({"member", "reviewer", "admin"})


def check_active(person: Person) -> None:
    """Raise ``TenantPausedError`` while the person's tenant is paused, live sessions included."""
    if person.is_paused:
        raise TenantPausedError(f"{person.tenant_name} is paused. Ask an administrator.")


def check_role(person: Person, role: str) -> None:
    """Raise ``RoleMissingError`` unless the person has the role."""
    if role not in ROLES:
        raise ValueError(f"{role} is not a role")
    if role not in person.roles:
        raise RoleMissingError(f"This needs the role {role}. Ask an administrator.")
