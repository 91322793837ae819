"""``python -m model_proxy`` as an operator sees it."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from devstack.products import write_repo

PORT = "MODEL_PROXY_PORT"


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The same, in a repo of the test's own."""
    return environ | write_repo(tmp_path)


@asynccontextmanager
async def run(environ: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command; it is killed if it does not end by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "model_proxy"),
        cwd=Path(environ["PRODUCT_FILE"]).parent,
        env=environ,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def is_ready(port: int) -> bool:
    try:
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/ready") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def test_main_serves_and_stops_at_a_signal(
    environ: dict[str, str], unused_tcp_port: int
) -> None:
    async with run(environ | {PORT: str(unused_tcp_port)}) as process, asyncio.timeout(60):
        while not await is_ready(unused_tcp_port):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ENVIRONMENT": "production"}, "MODEL_PROXY_KEY"),
        ({"MODEL_PROXY_PORT": "many"}, "MODEL_PROXY_PORT"),
        ({"MODELS_FOLDER": "/nowhere"}, "/nowhere/registry.yaml"),
    ],
)
async def test_main_refuses_to_start_with_one_sentence(
    environ: dict[str, str], changed: dict[str, str], said: str
) -> None:
    async with run(environ | changed) as process:
        _, errors = await process.communicate()
        assert process.returncode == 2
    assert said in errors.decode()
    assert errors.count(b"\n") == 1
