"""One line per request: what was asked, what was answered, how long it took."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.logs import forget_tenant, logger

_QUIET = {"/health", "/ready", "/metrics"}


class RequestLog:
    """Logs each request when its response has ended; query strings and bodies are never logged.

    Whose request it was, it says too, where that turned out meanwhile.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            logger(__name__).info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
            forget_tenant()
