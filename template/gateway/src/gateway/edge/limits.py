"""Limits that hold for anybody: how often one address may ask, and how large a body may be."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.services import Services
from gateway.visitors import visitor_of
from runtime.errors import TooLargeError
from runtime.problems import problem_response

_UNLIMITED = {"/health", "/ready", "/metrics"}
MULTIPART_OVERHEAD_BYTES = 64 * 1024
"""What a form adds to the file that it carries."""


class RateLimit:
    """Slows one address down, over all processes.

    Behind a proxy, uvicorn tells the address: it believes ``X-Forwarded-For`` from the addresses in
    FORWARDED_ALLOW_IPS and from nobody else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or raise ``TooManyRequestsError``."""
        if scope["type"] == "http" and scope["path"] not in _UNLIMITED:
            request = Request(scope)
            services: Services = request.app.state.services
            await services.guard.protection.limit("address", visitor_of(request, services).address)
        await self.app(scope, receive, send)


def install_body_limit(app: FastAPI) -> None:
    """Say it as a problem when a body is over the application's ``max_body_size``."""
    app.add_exception_handler(413, _too_large)


def _too_large(_request: Request, _error: Exception) -> Response:
    return problem_response(TooLargeError("The request is larger than this product accepts."))
