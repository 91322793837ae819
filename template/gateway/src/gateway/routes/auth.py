"""Sign-in and sign-out: where the browser is sent, and which cookies it gets."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.cookies import SESSION_COOKIE, drop_cookie, login_cookie, set_cookie
from gateway.pages import error_page
from gateway.services import Services, ServicesDep
from gateway.visitors import proof_of, proven_request, visitor_of
from oidc_auth.errors import SignInError, TokenRejectedError
from oidc_auth.login import Departure
from oidc_auth.stepup import Requirement
from runtime.errors import ServiceError
from runtime.logs import logger
from runtime.problems import problem_response

router = APIRouter(prefix="/auth", include_in_schema=False)

SIGNED_PATHS = ("/auth/backchannel",)
"""The provider's server posts here; the token's signature stands for the origin."""


class SignIn(BaseModel):
    """How to sign in.

    Attributes:
        return_to: the page to end on.
        acr_values, max_age: what the challenge of an earlier request asked for (RFC 9470 §3).
    """

    return_to: str = "/"
    acr_values: str | None = None
    max_age: int | None = Field(default=None, ge=0)


@router.post("/login")
async def start_login(request: Request, services: ServicesDep, wanted: SignIn) -> JSONResponse:
    """Say where the page goes to sign in; the session will be bound to the key that is proven.

    It is no link: a page of ours proves its key here, and works first where that is asked for.
    """
    here = visitor_of(request, services)
    if services.policy.dpop.required:
        proofs = services.guard.protection.proofs
        jkt = await proofs.verify(proof_of(request), proven_request(request, services))
        here = replace(here, jkt=jkt)
    departure = await services.login.begin(
        return_to=wanted.return_to,
        visitor=here,
        requirement=_requirement(services, wanted),
        solution=request.headers.get("proof-of-work"),
    )
    response = JSONResponse({"redirect_to": departure.url})
    _keep_binding(response, services, departure)
    return response


@router.get("/callback")
async def finish_login(request: Request, services: ServicesDep) -> Response:
    """Take the provider's answer, begin a session under a new id, and go where the person was."""
    parameters = dict(request.query_params)
    cookie = login_cookie(parameters.get("state", ""))
    try:
        outcome = await services.login.complete(
            parameters,
            binding=request.cookies.get(cookie, ""),
            visitor=visitor_of(request, services),
            former=request.cookies.get(SESSION_COOKIE),
        )
    except ServiceError as error:
        return _failure(request, error)
    if isinstance(outcome, Departure):
        response = RedirectResponse(outcome.url, 303)
        _keep_binding(response, services, outcome)
    else:
        response = RedirectResponse(outcome.return_to, 303)
        longest_s = services.policy.sessions.absolute_s
        set_cookie(response, SESSION_COOKIE, outcome.sid, max_age_s=longest_s)
    drop_cookie(response, cookie)
    return response


@router.post("/logout")
async def finish_session(request: Request, services: ServicesDep) -> JSONResponse:
    """End the session; the page then goes to ``redirect_to``, where the provider ends its own."""
    elsewhere = None
    if sid := request.cookies.get(SESSION_COOKIE):
        elsewhere = await services.login.leave(sid)
    response = JSONResponse({"redirect_to": elsewhere or "/"})
    drop_cookie(response, SESSION_COOKIE)
    return response


@router.post("/backchannel")
async def end_sessions(services: ServicesDep, logout_token: Annotated[str, Form()]) -> Response:
    """End the sessions that the provider names (Back-Channel Logout 1.0 §2.5, §2.8)."""
    uncached = {"Cache-Control": "no-store"}
    try:
        await services.login.end_at_provider(logout_token)
    except TokenRejectedError as error:
        logger(__name__).warning("logout_token_rejected", reason=error.reason)
        return JSONResponse({"error": "invalid_request"}, 400, headers=uncached)
    return Response(status_code=200, headers=uncached)


def _requirement(services: Services, wanted: SignIn) -> Requirement | None:
    """Return what a step-up asks for; nobody can ask for less than the provider's second factor."""
    if wanted.acr_values is None and wanted.max_age is None:
        return None
    usual = services.guard.protection.second_factor
    named = tuple((wanted.acr_values or "").split()) or usual.acr_values
    if not set(named) <= set(usual.acr_values):
        raise SignInError("acr_unknown", "This product does not know such a second factor.")
    max_age_s = usual.max_age_s if wanted.max_age is None else wanted.max_age
    return Requirement(named, min(max_age_s, usual.max_age_s))


def _keep_binding(response: Response, services: Services, departure: Departure) -> None:
    longest_s = services.policy.sessions.login_s
    set_cookie(response, login_cookie(departure.state), departure.binding, max_age_s=longest_s)


def _failure(request: Request, error: ServiceError) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return error_page(error)
    return problem_response(error)
