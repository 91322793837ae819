"""The proxy relays untouched, and each fault does what it says and no more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaos.proxy import CHUNK, Fault, FaultyProxy

# covers R-0312


@asynccontextmanager
async def connected(
    proxy: FaultyProxy,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _ask(proxy: FaultyProxy, data: bytes) -> bytes:
    async with connected(proxy) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        return await reader.read()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(min_value=0, max_value=3 * CHUNK))
def test_proxy_relays_bytes_unchanged(size: int) -> None:
    async def relay() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.read())[::-1])
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        data = bytes(n % 251 for n in range(size))
        async with FaultyProxy.before(server.sockets[0].getsockname()[:2]) as proxy:
            assert await _ask(proxy, data) == data[::-1]
        server.close()
        await server.wait_closed()

    asyncio.run(relay())


async def test_refuse_cuts_open_connections_and_new_ones(proxy: FaultyProxy) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        proxy.inject(Fault(refuse=True))
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
    with pytest.raises(ConnectionResetError):
        await _ask(proxy, b"again")


async def test_heal_lets_everything_through_again(proxy: FaultyProxy) -> None:
    proxy.inject(Fault(refuse=True))
    proxy.heal()
    assert await _ask(proxy, b"hello") == b"hello"


async def test_reset_after_cuts_in_the_middle_of_an_answer(proxy: FaultyProxy) -> None:
    proxy.inject(Fault(reset_after=3))
    async with connected(proxy) as (reader, writer):
        writer.write(b"hello")
        assert await reader.readexactly(3) == b"hel"
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)


async def test_latency_and_rate_add_up_for_each_piece(
    proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr("chaos.proxy.asyncio.sleep", note)
    proxy.inject(Fault(latency_s=2, bytes_per_s=10))
    assert await _ask(proxy, b"hello") == b"hello"
    assert pauses == [2.5, 2.5]


async def test_an_upstream_that_is_not_there_ends_the_connection() -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    server.close()
    await server.wait_closed()
    async with FaultyProxy.before((host, port)) as proxy:
        assert await asyncio.wait_for(_end(proxy), timeout=5) == b""


async def _end(proxy: FaultyProxy) -> bytes:
    try:
        return await _ask(proxy, b"hello")
    except ConnectionResetError:
        return b""
