"""Ten thousand different requests leave nothing behind. The benchmark does the same with 100,000.

Growth is measured in the interpreter's blocks of memory, never in time.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import ASGIApp

from model_proxy.app import bootstrap

WARM_UP, REQUESTS = 500, 10_000
PATH = "/v1/chat/completions"
MOST_BLOCKS = 0.2
"""What one request may leave on average; one object that is kept is five times that."""


class Caller:
    """Speaks ASGI to the application, so that ten thousand requests take seconds."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.number = 0

    async def ask(self, *, tenant: str = "") -> int:
        self.number += 1
        question = b"Question: How is number %d?" % self.number
        body = b'{"model":"answer","temperature":0,"messages":[{"role":"user","content":"%s"}]}'
        headers = [(b"x-tenant-id", tenant.encode())] if tenant else []
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": PATH, "headers": headers}
        scope |= {"query_string": b"", "http_version": "1.1", "scheme": "http"}
        has_read, status = False, 0

        async def receive() -> dict[str, Any]:
            nonlocal has_read
            if has_read:
                await never()
            has_read = True
            return {"type": "http.request", "body": body % question, "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        await self.app(scope, receive, send)
        return status


async def never() -> None:
    await asyncio.Event().wait()


async def growth(work: Callable[[], Awaitable[object]]) -> float:
    """Return how many blocks of memory one run of the work leaves on average."""
    for _ in range(WARM_UP):
        await work()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(REQUESTS):
        await work()
    gc.collect()
    return (sys.getallocatedblocks() - before) / REQUESTS


@pytest.fixture
async def caller(settings: Any) -> Any:
    app = bootstrap(settings(model_proxy_key="", chat_cache_ttl_s=0), {})
    async with app.router.lifespan_context(app):
        yield Caller(app)


async def test_requests_leave_nothing_behind(caller: Any) -> None:
    async def work() -> None:
        assert await caller.ask() == 200

    assert await growth(work) < MOST_BLOCKS


async def test_growth_is_seen_where_something_is_kept(caller: Any) -> None:
    """The negative control: one short string per request is enough to be found out."""
    kept: list[str] = []

    async def work() -> None:
        kept.append(f"{len(kept):0200d}")

    assert await growth(work) > MOST_BLOCKS
