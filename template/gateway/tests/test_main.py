"""``python -m gateway`` as an operator sees it. covers R-0209."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from gateway.settings import GatewaySettings
from runtime.product import root


@asynccontextmanager
async def run(**environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command; it is killed if it does not end by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway"),
        cwd=root(),
        env={**os.environ, **environ},
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def environ_of(settings: GatewaySettings) -> dict[str, str]:
    """Return what a process needs to have these settings, under the provider's own profile."""
    given = settings.model_dump(exclude={"identity"})
    values = {name.upper(): value for name, value in given.items()}
    secrets = {
        name: value.get_secret_value()
        for name, value in values.items()
        if hasattr(value, "get_secret_value")
    }
    return {name: str(value) for name, value in (values | secrets).items() if value is not None}


async def is_healthy(port: int) -> bool:
    try:
        async with httpx2.AsyncClient(trust_env=False) as http:
            return (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200
    except httpx2.TransportError:
        return False


async def test_main_serves_and_ends_well_at_a_signal(
    gateway_settings: GatewaySettings, unused_tcp_port: int
) -> None:
    """The last lines of main run, and with them the telemetry's last spans are sent."""
    environ = environ_of(gateway_settings) | {"GATEWAY_PORT": str(unused_tcp_port)}
    async with run(**environ) as process, asyncio.timeout(120):
        while not await is_healthy(unused_tcp_port):
            assert process.returncode is None
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SESSION_SECRET": "short"}, b"SESSION_SECRET"),
        ({"REGION": "nowhere"}, b"REGION must be one of"),
        ({"PRODUCT_FILE": "/nowhere/product.toml"}, b"product.toml"),
    ],
)
async def test_main_says_in_one_sentence_why_it_does_not_start(
    gateway_settings: GatewaySettings, changed: dict[str, Any], said: bytes
) -> None:
    async with run(**environ_of(gateway_settings) | changed) as process, asyncio.timeout(120):
        _, errors = await process.communicate()
        assert process.returncode == 2
        assert said in errors
        assert b"Traceback" not in errors
