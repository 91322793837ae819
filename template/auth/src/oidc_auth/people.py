"""A signed-in person, as our own tables know them, and their session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from oidc_auth.stepup import Assurance
from runtime.database.models import Session, Tenant, User


@dataclass(frozen=True)
class Person:
    """A signed-in person, as our own tables know them, or a machine.

    Attributes:
        roles: from our own table, with what an allow-listed claim gave at the last sign-in.
        scopes: what a machine may do; None for a person, whose roles say it.
    """

    id: UUID
    email: str
    name: str
    roles: frozenset[str]
    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    is_paused: bool
    scopes: frozenset[str] | None = None

    @classmethod
    def of(cls, user: User, tenant: Tenant, scopes: frozenset[str] | None = None) -> Self:
        """Read a person from their rows."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            roles=frozenset((*user.roles, *user.granted_roles)) if scopes is None else frozenset(),
            tenant_id=tenant.id,
            tenant_slug=tenant.slug,
            tenant_name=tenant.name,
            is_paused=tenant.paused,
            scopes=scopes,
        )


@dataclass(frozen=True)
class LiveSession:
    """A session that has not ended.

    Attributes:
        person: today's roles and tenant.
        family: what stays the same when the cookie is replaced; revocation ends all of it.
        authenticated_at, acr, amr: when and how the person last proved who they are.
        jkt: the thumbprint of the key that the session is bound to.
        network, agent: digests of where its requests came from last.
        refresh_at: when the provider wants to be asked again; None: never.
        is_replaced: the cookie was replaced moments ago; requests that were on their way pass.
        is_proven: the request's proof is of the session's key and had not come before.
    """

    person: Person
    family: UUID
    authenticated_at: datetime
    acr: str | None
    amr: frozenset[str]
    jkt: str | None
    network: str | None
    agent: str | None
    refresh_at: datetime | None
    expires_at: datetime
    is_replaced: bool
    is_proven: bool = False

    @property
    def assurance(self) -> Assurance:
        """Return how the person signed in."""
        return Assurance(self.acr, self.authenticated_at.timestamp())

    @classmethod
    def of(cls, row: Session, user: User, tenant: Tenant, *, is_proven: bool = False) -> Self:
        """Read a session from its rows."""
        return cls(
            person=Person.of(user, tenant),
            family=row.family,
            authenticated_at=row.authenticated_at,
            acr=row.acr,
            amr=frozenset(row.amr),
            jkt=row.jkt,
            network=row.network,
            agent=row.agent,
            refresh_at=row.refresh_at,
            expires_at=row.expires_at,
            is_replaced=row.replaced_at is not None,
            is_proven=is_proven,
        )
