import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import yaml
from fastapi import FastAPI, HTTPException
from httpx2 import ASGITransport, AsyncClient, Response
from jsonschema import Draft202012Validator

from runtime.correlation import HEADER
from runtime.edge import install_edge
from runtime.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    TooLargeError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaError,
)
from runtime.product import root

ERRORS: list[ServiceError] = [
    NotFoundError("a"),
    ForbiddenError("a"),
    UnauthenticatedError("a"),
    ConflictError("a"),
    TooLargeError("a"),
    UnsupportedMediaError("a"),
    TooManyRequestsError("a", retry_after_s=2.4),
    UnavailableError("a"),
    ServiceError("a", code="odd", status=418, title="Odd"),
]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI()

    @app.get("/service/{number}")
    async def service(number: int) -> None:
        raise ERRORS[number]

    @app.get("/fault")
    async def fault() -> None:
        raise RuntimeError("password=hunter2")

    @app.get("/http")
    async def http() -> None:
        raise HTTPException(405, "No", headers={"Allow": "POST"})

    install_edge(app, budget_ms=1000)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://service") as opened:
        yield opened


def _problem(response: Response) -> dict[str, object]:
    """The response's problem, which must be as the contract says."""
    assert response.headers["content-type"] == "application/problem+json"
    contract = yaml.safe_load((root() / "contracts/openapi/gateway.yaml").read_text())
    Draft202012Validator(contract["components"]["schemas"]["Problem"]).validate(response.json())
    body: dict[str, object] = response.json()
    assert body["status"] == response.status_code
    assert body["correlation_id"] == response.headers[HEADER]
    return body


@pytest.mark.parametrize("number", range(len(ERRORS)))
async def test_service_errors_become_problems(client: AsyncClient, number: int) -> None:
    response = await client.get(f"/service/{number}")
    body, error = _problem(response), ERRORS[number]
    assert (body["code"], body["status"], body["title"], body["detail"]) == (
        error.code,
        error.status,
        error.title,
        "a",
    )


async def test_too_many_requests_says_when_to_come_back(client: AsyncClient) -> None:
    # covers R-0209
    response = await client.get(f"/service/{ERRORS.index(ERRORS[6])}")
    assert response.headers["Retry-After"] == "2"


async def test_an_unexpected_error_tells_nothing_of_the_inside(
    client: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    response = await client.get("/fault")
    assert _problem(response)["code"] == "internal"
    assert "hunter2" not in json.dumps(response.json())
    assert "hunter2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "code"),
    [("/nowhere", "not_found"), ("/service/x", "invalid_request"), ("/http", "method_not_allowed")],
)
async def test_the_frameworks_errors_become_problems_too(
    client: AsyncClient, path: str, code: str
) -> None:
    assert _problem(await client.get(path))["code"] == code


async def test_headers_of_an_http_exception_are_kept(client: AsyncClient) -> None:
    assert (await client.get("/http")).headers["Allow"] == "POST"


async def test_an_exhausted_budget_is_a_problem(client: AsyncClient) -> None:
    # covers R-0202
    response = await client.get("/fault", headers={"X-Latency-Budget-Ms": "0"})
    assert response.status_code == 503
    assert _problem(response)["code"] == "budget_exhausted"
