# covers R-0601
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from devstack.databases import IN_MEMORY
from runtime.correlation import HEADER
from runtime.edge import install_edge
from runtime.hops import next_hop_headers
from runtime.settings import RuntimeSettings
from runtime.telemetry import configure_telemetry

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

_exporter = InMemorySpanExporter()


@pytest.fixture(scope="module", autouse=True)
def _provider() -> Iterator[None]:
    """OpenTelemetry takes one provider per process."""
    provider = configure_telemetry(
        "gateway", RuntimeSettings(**IN_MEMORY), processor=SimpleSpanProcessor(_exporter)
    )
    yield
    provider.shutdown()


@pytest.fixture
def spans() -> InMemorySpanExporter:
    _exporter.clear()
    return _exporter


def _client() -> AsyncClient:
    app = FastAPI()

    @app.get("/hop/{number}")
    async def hop(number: int) -> dict[str, str]:
        if number == 0:
            raise RuntimeError("planted")
        return next_hop_headers()

    install_edge(app, budget_ms=1000)
    return AsyncClient(transport=ASGITransport(app), base_url="http://service")


def _server_span(spans: InMemorySpanExporter) -> ReadableSpan:
    """The request's own span; FastAPI adds some beneath it."""
    (span,) = (span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER)
    return span


async def test_a_request_continues_the_callers_trace(spans: InMemorySpanExporter) -> None:
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", HEADER: "correlation-1"}
    async with _client() as client:
        passed_on = (await client.get("/hop/1", headers=headers)).json()
    span = _server_span(spans)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT
    assert span.name == "GET /hop/{number}"
    assert span.attributes is not None
    assert span.attributes["correlation_id"] == "correlation-1"
    assert span.attributes["http.response.status_code"] == 200
    assert passed_on["traceparent"].split("-")[1] == TRACE
    assert passed_on["traceparent"].split("-")[2] != PARENT
    assert passed_on[HEADER] == "correlation-1"
    assert 0 < int(passed_on["X-Latency-Budget-Ms"]) <= 1000


async def test_a_failed_request_is_a_failed_span(spans: InMemorySpanExporter) -> None:
    async with _client() as client:
        await client.get("/hop/0")
    span = _server_span(spans)
    assert span.status.status_code.name == "ERROR"


async def test_service_and_environment_name_the_resource(spans: InMemorySpanExporter) -> None:
    async with _client() as client:
        await client.get("/hop/1")
    span = _server_span(spans)
    assert span.resource.attributes["service.name"] == "gateway"
    assert span.resource.attributes["deployment.environment.name"] == "test"
