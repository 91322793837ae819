"""Limits that hold for anybody: how often one address may ask, and how large a body may be."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.edge.buckets import TokenBuckets
from runtime.errors import TooLargeError
from runtime.problems import problem_response

_UNLIMITED = {"/health", "/ready", "/metrics"}
MULTIPART_OVERHEAD_BYTES = 64 * 1024
"""What a form adds to the file that it carries."""


class RateLimit:
    """Slows one address down. Behind a proxy, uvicorn tells the address (FORWARDED_ALLOW_IPS)."""

    def __init__(self, app: ASGIApp, buckets: TokenBuckets) -> None:
        self.app = app
        self.buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or raise ``TooManyRequestsError``."""
        if scope["type"] == "http" and scope["path"] not in _UNLIMITED:
            host, _port = scope.get("client") or ("unknown", 0)
            self.buckets.take(host)
        await self.app(scope, receive, send)


def install_body_limit(app: FastAPI) -> None:
    """Say it as a problem when a body is over the application's ``max_body_size``."""
    app.add_exception_handler(413, _too_large)


def _too_large(_request: Request, _error: Exception) -> Response:
    return problem_response(TooLargeError("The request is larger than this product accepts."))
