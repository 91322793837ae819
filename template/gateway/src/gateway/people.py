"""Who is asking: the dependencies that a route names to say who may use it.

Every decision is recorded: refusals before the answer is given, permissions through a buffer.
They take the services from the request: one more dependency would cost each request more than that.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security.utils import get_authorization_scheme_param

from gateway.cookies import SESSION_COOKIE
from gateway.services import Services, services_of
from gateway.visitors import asked_of, visitor_of
from oidc_auth.audit import Decision
from oidc_auth.audit.entries import Outcome
from oidc_auth.authz import check_active
from oidc_auth.csrf import SAFE_METHODS
from oidc_auth.errors import (
    AccessTokenRejectedError,
    KeyRejectedError,
    RoleMissingError,
    ScopeMissingError,
    SessionEndedError,
    TenantPausedError,
)
from oidc_auth.machines.keys import prefix_of
from oidc_auth.people import LiveSession, Person
from runtime.logs import name_tenant

Dependency = Callable[..., Awaitable[Person]]


async def identified(request: Request) -> Person:
    """Give the person of the cookie or the machine of the key; the key wins.

    Their tenant, from our own tables, is on every log line of the request.

    Raises:
        SessionEndedError: there is no session.
        KeyRejectedError: the key is not, or no longer, good.
        ServiceError: the guard of sessions has something against the request.
    """
    services = services_of(request)
    header = request.headers.get("authorization")
    if header is not None:
        person = await _machine(request, services, header)
        await services.guard.protection.limit("person", str(person.id), person)
    elif sid := request.cookies.get(SESSION_COOKIE):
        person = (await _guarded(request, services, sid)).person
    else:
        raise SessionEndedError
    name_tenant(person.tenant_id)
    return person


Identified = Annotated[Person, Depends(identified)]


async def signed_in(request: Request, person: Identified) -> Person:
    """Admit anybody whose tenant is not paused; raises ``TenantPausedError``."""
    services = services_of(request)
    await _check_active(request, services, person, "signed_in")
    await _check_second_factor(request, services)
    _allowed(request, services, person, "signed_in", "signed_in")
    return person


SignedIn = Annotated[Person, Depends(signed_in)]


async def asking_session(request: Request, person: Identified) -> LiveSession:
    """Give the session that asks; raises ``ScopeMissingError`` for machines, which have keys."""
    live: LiveSession | None = getattr(request.state, "live", None)
    if live is None:
        error = ScopeMissingError("Only people have sessions; a machine has keys.")
        decision = _decision(request, person, "deny", "own_sessions", error.code)
        await services_of(request).audit.record(decision)
        raise error
    await signed_in(request, person)
    return live


Asking = Annotated[LiveSession, Depends(asking_session)]


def having(permission: str, *, while_paused: bool = False) -> Dependency:
    """Return a dependency that admits whoever has the permission.

    Where the policy wants a second factor for it, that has to be a fresh one.

    Args:
        permission: as contracts/auth.yaml gives it to roles.
        while_paused: also while the tenant is paused.
    """
    rule = f"permission:{permission}"

    async def admit(request: Request, person: Identified) -> Person:
        services = services_of(request)
        if not while_paused:
            await _check_active(request, services, person, rule)
        try:
            services.roles.check(person, permission)
        except (RoleMissingError, ScopeMissingError) as error:
            await services.audit.record(_decision(request, person, "deny", rule, error.code))
            raise
        await _check_second_factor(request, services, permission)
        _allowed(request, services, person, rule, "permission_held")
        return person

    return admit


DocumentReader = Annotated[Person, Depends(having("documents:read"))]
DocumentWriter = Annotated[Person, Depends(having("documents:write"))]
ConversationReader = Annotated[Person, Depends(having("conversations:read"))]
ConversationWriter = Annotated[Person, Depends(having("conversations:write"))]
Reviewer = Annotated[Person, Depends(having("reviews:decide"))]
FiguresReader = Annotated[Person, Depends(having("figures:read"))]
Purger = Annotated[Person, Depends(having("conversations:purge"))]
Pauser = Annotated[Person, Depends(having("tenant:manage", while_paused=True))]
Manager = Annotated[Person, Depends(having("tenant:manage"))]
Revoker = Annotated[Person, Depends(having("sessions:revoke"))]
MachineKeeper = Annotated[Person, Depends(having("machines:manage"))]
Auditor = Annotated[Person, Depends(having("audit:read"))]


async def _guarded(request: Request, services: Services, sid: str) -> LiveSession:
    """Return the session; it stays with the request, for what needs more than the person."""
    asked = asked_of(request, services, sid)
    live = await services.guard.admit(visitor_of(request, services), asked)
    await services.login.refresher.keep_fresh(sid, live)
    request.state.live = live
    return live


async def _check_second_factor(request: Request, services: Services, permission: str = "") -> None:
    """Machines have none: what they may do is bounded by their scopes."""
    live: LiveSession | None = getattr(request.state, "live", None)
    if live is None:
        return
    operation = getattr(request.scope.get("route"), "operation_id", None) or ""
    target = f"{request.method} {request.url.path}"
    await services.guard.check_second_factor(
        live, target, operation=operation, permission=permission
    )


async def _machine(request: Request, services: Services, header: str) -> Person:
    scheme, secret = get_authorization_scheme_param(header)
    try:
        if scheme.lower() != "bearer":
            raise KeyRejectedError("key_unknown")  # noqa: TRY301 - refused as any other
        if prefix_of(secret):
            return await services.entrance.admit(secret)
        return await services.machine_tokens.admit(secret)
    except (KeyRejectedError, AccessTokenRejectedError) as error:
        actor = prefix_of(secret) or "anonymous"
        target = f"{request.method} {request.url.path}"
        refusal = Decision("key.refused", actor, target, rule="key", reasons=(error.reason,))
        services.audit.note(refusal)  # through the buffer: anybody can send made-up keys
        raise


async def _check_active(request: Request, services: Services, person: Person, rule: str) -> None:
    try:
        check_active(person)
    except TenantPausedError as error:
        await services.audit.record(_decision(request, person, "deny", rule, error.code))
        raise


def _allowed(request: Request, services: Services, person: Person, rule: str, why: str) -> None:
    wanted = services.audit.policy.allows
    if wanted == "all" or (wanted == "changes" and request.method not in SAFE_METHODS):
        services.audit.note(_decision(request, person, "allow", rule, why))


def _decision(request: Request, person: Person, outcome: Outcome, rule: str, why: str) -> Decision:
    held = person.roles if person.scopes is None else person.scopes
    kind = "roles" if person.scopes is None else "scopes"
    return Decision(
        "access.allowed" if outcome == "allow" else "access.refused",
        str(person.id),
        f"{request.method} {request.url.path}",
        person.tenant_id,
        {kind: sorted(held)},
        outcome=outcome,
        rule=rule,
        reasons=(why,),
    )
