"""The door to ``/v1``: the key and the number in flight are checked before a body is read."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from model_proxy.caller import check_key
from model_proxy.errors import OverloadedError, ProxyError, error_body
from runtime.correlation import correlation_id

PREFIX = "/v1/"


class Admission:
    """ASGI middleware; a request counts as in flight until its last byte is sent."""

    def __init__(self, app: ASGIApp, *, key: str, max_in_flight: int) -> None:
        self.app = app
        self._key = key
        self._free = max_in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        try:
            check_key(Headers(scope=scope), self._key)
            self._enter()
        except ProxyError as error:
            await error_response(error)(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._free += 1

    def _enter(self) -> None:
        if self._free <= 0:
            raise OverloadedError(
                "Too many requests are in flight; try again soon.", retry_after_s=1
            )
        self._free -= 1


def error_response(error: ProxyError) -> JSONResponse:
    """Return the error in OpenAI's shape; 429 says when to come back (RFC 9110 §10.2.3)."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else None
    return JSONResponse(error_body(error, correlation_id()), error.status, headers)
