"""Sign-in and sign-out: where the browser is sent, and which cookies it gets."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from gateway.cookies import SESSION_COOKIE, drop_cookie, login_cookie, set_cookie
from gateway.pages import error_page
from gateway.services import ServicesDep
from oidc_auth.errors import TokenRejectedError
from runtime.errors import ServiceError
from runtime.logs import logger
from runtime.problems import problem_response

router = APIRouter(prefix="/auth", include_in_schema=False)

SIGNED_PATHS = ("/auth/backchannel",)
"""The provider's server posts here; the token's signature stands for the origin."""


@router.get("/login")
async def start_login(
    request: Request, services: ServicesDep, return_to: Annotated[str, Query()] = "/"
) -> Response:
    """Send the browser to the identity provider."""
    try:
        departure = await services.login.begin(return_to=return_to)
    except ServiceError as error:
        return _failure(request, error)
    response = RedirectResponse(departure.url, 302)
    cookie = login_cookie(departure.state)
    set_cookie(response, cookie, departure.binding, max_age_s=services.policy.sessions.login_s)
    return response


@router.get("/callback")
async def finish_login(request: Request, services: ServicesDep) -> Response:
    """Take the provider's answer, begin a session under a new id, and go where the person was."""
    parameters = dict(request.query_params)
    cookie = login_cookie(parameters.get("state", ""))
    try:
        arrival = await services.login.complete(parameters, binding=request.cookies.get(cookie, ""))
    except ServiceError as error:
        return _failure(request, error)
    if former := request.cookies.get(SESSION_COOKIE):
        await services.sessions.end(former)
    response = RedirectResponse(arrival.return_to, 303)
    drop_cookie(response, cookie)
    longest_s = services.policy.sessions.absolute_s
    set_cookie(response, SESSION_COOKIE, arrival.sid, max_age_s=longest_s)
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


def _failure(request: Request, error: ServiceError) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return error_page(error)
    return problem_response(error)
