import asyncio

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from runtime.health import Check, health_router


async def _ok() -> None:
    return


async def _down() -> None:
    raise ConnectionError("planted")


def _client(**checks: Check) -> AsyncClient:
    app = FastAPI()
    app.include_router(health_router(checks))
    return AsyncClient(transport=ASGITransport(app), base_url="http://service")


async def test_ready_says_which_dependency_is_down() -> None:
    async with _client(database=_ok, store=_down) as client:
        response = await client.get("/ready")
        assert (await client.get("/health")).is_success
    assert response.status_code == 503
    assert response.json() == {"status": "failed", "checks": {"database": "ok", "store": "failed"}}


async def test_ready_when_everything_answers() -> None:
    async with _client(database=_ok) as client:
        assert (await client.get("/ready")).json()["status"] == "ok"


async def test_ready_asks_all_at_once() -> None:
    both_asked = asyncio.Barrier(2)

    async def meet() -> None:
        await both_asked.wait()

    async with _client(a=meet, b=meet) as client:
        assert (await client.get("/ready")).is_success
