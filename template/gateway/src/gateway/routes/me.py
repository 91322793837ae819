"""Who is signed in."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from gateway.contract import problems
from gateway.people import SignedIn
from oidc_auth.people import Person

router = APIRouter(prefix="/api/me")

Role = Literal["member", "reviewer", "admin"]


class Tenant(BaseModel):
    """An organisation."""

    id: UUID
    slug: str
    name: str


class Me(BaseModel):
    """The person who is signed in."""

    id: UUID
    email: str
    name: str
    roles: list[Role]
    tenant: Tenant

    @classmethod
    def of(cls, person: Person) -> "Me":
        """Show a person to themselves."""
        tenant = {"id": person.tenant_id, "slug": person.tenant_slug, "name": person.tenant_name}
        return cls.model_validate(
            {
                "id": person.id,
                "email": person.email,
                "name": person.name,
                "roles": sorted(person.roles),
                "tenant": tenant,
            }
        )


@router.get("", operation_id="getMe", summary="Who is signed in", responses=problems(401, 403))
async def get_me(person: SignedIn) -> Me:
    """Answer the person of the session."""
    return Me.of(person)
