"""The door to ``/v1``: caller, rate, budget and room are checked before a body is read."""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from model_proxy.callers import Callers
from model_proxy.errors import ProxyError, error_body
from model_proxy.queueing import Places
from model_proxy.rates import Rate
from runtime.budget import HEADER as BUDGET
from runtime.budget import Deadline, parse_budget
from runtime.correlation import correlation_id

PREFIX = "/v1/"
DEADLINE = "model_proxy.deadline"
"""Where the scope holds the request's deadline: the wait for a place is part of its budget."""


@dataclass(frozen=True)
class Door:
    """What a request has to pass."""

    callers: Callers
    rate: Rate
    places: Places


class Admission:
    """ASGI middleware; a request counts as in flight until its last byte is sent."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        budget_ms = parse_budget(headers.get(BUDGET))
        scope[DEADLINE] = deadline = None if budget_ms is None else Deadline.after_ms(budget_ms)
        try:
            await self._door.rate.take(await self._door.callers.identify(headers))
            await self._door.places.take(deadline)
        except ProxyError as error:
            await error_response(error)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._door.places.give_back()


def error_response(error: ProxyError) -> JSONResponse:
    """Return the error in OpenAI's shape; 429 says when to come back (RFC 9110 §10.2.3)."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else None
    return JSONResponse(error_body(error, correlation_id()), error.status, headers)
