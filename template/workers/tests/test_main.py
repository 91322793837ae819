"""``python -m workers`` as an operator sees it."""

import asyncio
import os
import signal
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from runtime.product import root


async def test_main_works_until_a_signal(settings_values: dict[str, Any]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers"),
        cwd=root(),
        env={**_environment(settings_values), "LOG_FORMAT": "json", "WORKERS_PORT": "0"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while b'"ready"' not in await process.stdout.readline():
            assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert process.returncode == 0


@pytest.mark.parametrize("environment", ["production", "development"])
async def test_main_refuses_to_start_without_a_database(
    settings_values: dict[str, Any], environment: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers"),
        cwd=root(),
        env={**_environment(settings_values), "ENVIRONMENT": environment, "DATABASE_URL": ""},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert (process.returncode, b"DATABASE_URL" in errors) == (2, True)
    assert b"Traceback" not in errors


def _environment(settings: dict[str, Any]) -> dict[str, str]:
    return {**os.environ, **{name.upper(): _text(value) for name, value in settings.items()}}


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
