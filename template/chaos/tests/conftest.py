"""An echo server to stand behind the proxy, and the store that the product was built with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from chaos.proxy import FaultyProxy
from devstack.databases import fresh_database, shared_server
from devstack.services import start_missing, stop_all
from runtime.product import read_product_file


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


@pytest.fixture(scope="module")
def store_settings(
    _test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Settings that name the chosen store, and where it is if that is not PostgreSQL."""
    chosen = read_product_file()["adapters"]["vectors"]
    known = {"DATABASE_URL": "each module has its own"}
    services = start_missing(tmp_path_factory.mktemp("store"), known, [chosen])
    where = {key.lower(): value for each in services for key, value in each.settings.items()}
    yield {"vectors": chosen, **where}
    stop_all(services)
