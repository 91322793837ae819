"""Who is asking: the dependencies that a route names to say who may use it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from gateway.cookies import SESSION_COOKIE
from gateway.services import ServicesDep
from oidc_auth.audit import Decision
from oidc_auth.authz import check_active, check_role
from oidc_auth.errors import RoleMissingError, SessionEndedError
from oidc_auth.people import Person
from runtime.logs import bind_tenant


async def signed_in(request: Request, services: ServicesDep) -> AsyncIterator[Person]:
    """Give the person of the session cookie; their tenant is on every log line of the request.

    Raises:
        SessionEndedError: there is no session.
        TenantPausedError: their tenant is paused.
    """
    sid = request.cookies.get(SESSION_COOKIE)
    if not sid:
        raise SessionEndedError
    person = await services.sessions.find(sid)
    check_active(person)
    with bind_tenant(person.tenant_id):
        yield person


SignedIn = Annotated[Person, Depends(signed_in)]


def having(role: str) -> Callable[..., Awaitable[Person]]:
    """Return a dependency that admits only people with the role; refusals are recorded."""

    async def admit(request: Request, services: ServicesDep, person: SignedIn) -> Person:
        try:
            check_role(person, role)
        except RoleMissingError:
            await services.audit.record(
                Decision(
                    "access.refused",
                    str(person.id),
                    f"{request.method} {request.url.path}",
                    person.tenant_id,
                    {"rule": f"role:{role}", "roles": sorted(person.roles)},
                )
            )
            raise
        return person

    return admit


Reviewer = Annotated[Person, Depends(having("reviewer"))]
Admin = Annotated[Person, Depends(having("admin"))]
