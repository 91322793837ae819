import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from runtime.correlation import (
    HEADER,
    CorrelationMiddleware,
    bind_correlation_id,
    bound_correlation_id,
    correlation_id,
    is_correlation_id,
)


async def _echo(_request: Request) -> PlainTextResponse:
    return PlainTextResponse(correlation_id())


def _client() -> AsyncClient:
    app = CorrelationMiddleware(Starlette(routes=[Route("/", _echo)]))
    return AsyncClient(transport=ASGITransport(app), base_url="http://service")


@pytest.mark.parametrize("value", ["12345678", "A-b_9" * 10, "x" * 64])
async def test_middleware_keeps_an_acceptable_id(value: str) -> None:
    async with _client() as client:
        response = await client.get("/", headers={HEADER: value})
    assert response.text == response.headers[HEADER] == value


@pytest.mark.parametrize("value", ["", "1234567", "x" * 65, "with space", "a\tb345678", "né345678"])
async def test_middleware_replaces_what_is_not_acceptable(value: str) -> None:
    async with _client() as client:
        response = await client.get("/", headers={HEADER.encode(): value.encode("latin-1")})
    assert response.text == response.headers[HEADER] != value
    assert is_correlation_id(response.text)


async def test_middleware_gives_each_request_its_own_id() -> None:
    async with _client() as client:
        ids = {(await client.get("/")).text for _ in range(3)}
    assert len(ids) == 3
    assert bound_correlation_id() is None


def test_bind_restores_the_id_of_before() -> None:
    with bind_correlation_id("outer-id-1"):
        with bind_correlation_id("inner-id-1"):
            assert correlation_id() == "inner-id-1"
        assert correlation_id() == "outer-id-1"
