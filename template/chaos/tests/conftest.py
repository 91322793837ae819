"""An echo server to stand behind the proxy, and a database for the chosen store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from chaos.proxy import FaultyProxy
from devstack.databases import fresh_database, shared_server


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


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """The store may have tables of its own."""
    with fresh_database(shared_server(), ports=["vectors"]) as urls:
        yield urls
