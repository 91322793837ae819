"""``python -m gateway`` as an operator sees it. covers R-0209."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from devstack.products import write_repo
from gateway.__main__ import main
from gateway.settings import GatewaySettings


@asynccontextmanager
async def run(folder: Path, environ: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command in a folder; it is killed if it does not end by itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway"),
        cwd=folder,
        env={**os.environ, **environ},
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def environ_of(settings: GatewaySettings) -> dict[str, str]:
    """Return what a process needs to have these settings."""
    values = {name.upper(): value for name, value in settings.model_dump().items()}
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
    gateway_settings: GatewaySettings, tmp_path: Path, unused_tcp_port: int
) -> None:
    """The last lines of main run, and with them the telemetry's last spans are sent."""
    environ = environ_of(gateway_settings) | {"GATEWAY_PORT": str(unused_tcp_port)}
    environ |= write_repo(tmp_path)
    async with run(tmp_path, environ) as process, asyncio.timeout(120):
        while not await is_healthy(unused_tcp_port):
            assert process.returncode is None
            await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SESSION_SECRET": "short"}, "SESSION_SECRET"),
        ({"REGION": "nowhere"}, "REGION must be one of"),
        ({"PRODUCT_FILE": "/nowhere/product.toml"}, "product.toml"),
    ],
)
def test_main_says_in_one_sentence_why_it_does_not_start(
    gateway_settings: GatewaySettings,
    changed: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (environ_of(gateway_settings) | changed).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert len(errors.splitlines()) == 1
