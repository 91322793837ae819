"""One trace over every hop: W3C trace context in, W3C trace context out (OpenTelemetry)."""

from functools import cache

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Tracer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.correlation import correlation_id
from runtime.product import product_entry
from runtime.settings import RuntimeSettings

SERVER_ERROR = 500
NATIVE = "fastapi.telemetry"
_CARRIED = frozenset(field.encode() for field in propagate.get_global_textmap().fields)


def configure_telemetry(
    service: str, settings: RuntimeSettings, *, processor: SpanProcessor | None = None
) -> TracerProvider:
    """Make this process's tracer provider and return it; ``shutdown()`` it at the end.

    Spans always exist, so that trace ids reach the logs of every service; they leave the process
    only when ``otel_exporter_otlp_endpoint`` is set, or through ``processor``.
    """
    attributes = {
        "service.name": service,
        "service.namespace": product_entry("slug"),
        "deployment.environment.name": settings.environment,
    }
    provider = TracerProvider(resource=Resource.create(attributes))
    if settings.otel_exporter_otlp_endpoint:
        provider.add_span_processor(_exporter(settings.otel_exporter_otlp_endpoint))
    if processor is not None:
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    return provider


@cache
def tracer(name: str) -> Tracer:
    """Return a tracer of the configured provider; asked for earlier, it waits for the provider."""
    return trace.get_tracer(name)


def trace_headers() -> dict[str, str]:
    """Return ``traceparent`` and ``tracestate`` of the span at hand (W3C Trace Context)."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


class TelemetryMiddleware:
    """One server span per request, continuing the caller's trace, with the correlation id on it.

    FastAPI opens such a span by itself, with others beneath it: then only the id is added.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request inside its span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if NATIVE in scope:
            trace.get_current_span().set_attribute("correlation_id", correlation_id())
            await self.app(scope, receive, send)
            return
        parent = propagate.extract(_carrier(scope))
        with tracer(__name__).start_as_current_span(
            scope["method"], context=parent, kind=SpanKind.SERVER
        ) as span:
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("correlation_id", correlation_id())

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= SERVER_ERROR:
                        span.set_status(trace.StatusCode.ERROR)
                await send(message)

            await self.app(scope, receive, watch)
            if route := getattr(scope.get("route"), "path", None):
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.route", route)


def _carrier(scope: Scope) -> dict[str, str]:
    """Return the headers that carry a trace; the others are not worth decoding for it."""
    carried = (header for header in scope["headers"] if header[0] in _CARRIED)
    return {name.decode(): value.decode("latin-1") for name, value in carried}


def _exporter(endpoint: str) -> SpanProcessor:
    # Loaded only where it is used: it brings an HTTP client with it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )

    return BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
