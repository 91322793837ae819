"""Connections to a model: kept after a whole answer, closed after a broken one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from model_proxy.providers.transport import Transport, retry_after_s
from model_proxy.testing import Reply, ScriptedAPI, serve

STREAM = Reply.events({"a": 1}, "[DONE]")


@asynccontextmanager
async def over(
    *replies: Reply, linger_s: float = 30
) -> AsyncIterator[tuple[Transport, str, ScriptedAPI]]:
    api = ScriptedAPI(*replies)
    async with serve(api) as url, aiohttp.ClientSession() as http:
        yield Transport(http, {}, frozenset({429}), linger_s), url, api


async def read_to_done(transport: Transport, url: str) -> None:
    async with transport.post(url, b"{}") as response:
        async for piece in response.content.iter_any():
            if b"[DONE]" in piece:
                return


async def test_connection_is_used_again_after_a_stream() -> None:
    async with over(STREAM, STREAM) as (transport, url, api):
        for _ in range(2):
            await read_to_done(transport, url)
            await asyncio.gather(*transport.closing)
    assert len({seen.port for seen in api.seen}) == 1


async def test_connection_is_closed_after_a_stream_that_was_left() -> None:
    async with over(Reply.events("a", is_endless=True), STREAM) as (transport, url, api):
        with pytest.raises(KeyError):
            async with transport.post(url, b"{}"):
                raise KeyError
        await read_to_done(transport, url)
    assert len({seen.port for seen in api.seen}) == 2


async def test_connection_whose_answer_never_ends_is_closed() -> None:
    endless = Reply.events("[DONE]", is_endless=True)
    async with over(endless, linger_s=0.01) as (transport, url, api):
        await read_to_done(transport, url)
        async with asyncio.timeout(30):
            await api.was_left.wait()


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "11"}, 11),
        ({"Retry-After": "99999999"}, 600),
        ({"Retry-After": "soon"}, 1),
        ({}, 1),
        # Both times are the provider's, so a wrong clock here changes nothing.
        (
            {
                "Date": "Fri, 01 Jan 1999 00:00:00 GMT",
                "Retry-After": "Fri, 01 Jan 1999 00:00:30 GMT",
            },
            30,
        ),
        ({"Retry-After": "Fri, 01 Jan 1999 00:00:30 GMT", "Date": "now"}, 1),
    ],
)
def test_wait_is_what_the_provider_asks_for(headers: dict[str, str], wait_s: int) -> None:
    assert retry_after_s(headers) == wait_s
