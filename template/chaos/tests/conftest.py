"""An echo server to stand behind the proxy."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest_asyncio

from chaos.proxy import FaultyProxy


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1024):
            writer.write(data)
            await writer.drain()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@pytest_asyncio.fixture
async def proxy() -> AsyncIterator[FaultyProxy]:
    """A proxy in front of an echo server."""
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with FaultyProxy.before((host, port)) as proxy:
        yield proxy
    server.close()
    await server.wait_closed()
