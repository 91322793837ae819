"""What a process counts and times, for Prometheus to read under ``/metrics``.

Names follow OpenTelemetry's semantic conventions for HTTP servers. A registry belongs to one
application: whoever puts the application together makes it, so that two in a process never mix.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Histogram, generate_latest, start_http_server
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The bounds that the objectives ask about: `le` has to be one of them.
BOUNDS_S = (0.15, 0.4, 0.9)
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


def install_metrics(app: Starlette, registry: CollectorRegistry) -> None:
    """Time every request and serve ``/metrics``; call it last, so that it is the outermost layer.

    The address is not for the internet: what stands before the service must not hand it on.
    """
    app.add_route("/metrics", _endpoint(registry), include_in_schema=False)
    app.add_middleware(MetricsMiddleware, registry=registry)


class MetricsMiddleware:
    """Times each request until its last byte, under the route's template and not the path asked.

    What was answered before a route was found has an empty route.
    """

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self._durations = Histogram(
            "http_server_request_duration_seconds",
            "Seconds from a request to the end of its response",
            ["http_request_method", "http_route", "http_response_status_code"],
            buckets=BOUNDS_S,
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # What breaks before it answers becomes a 500 further out.
        started, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "_OTHER"
            route = getattr(scope.get("route"), "path", "")
            self._durations.labels(method, route, status).observe(time.perf_counter() - started)


@contextmanager
def serving_metrics(registry: CollectorRegistry, host: str, port: int) -> Iterator[int]:
    """Serve ``/metrics`` from a process without HTTP of its own; yield the port (0 picks one)."""
    server, thread = start_http_server(port, addr=host, registry=registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _endpoint(registry: CollectorRegistry) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return metrics
