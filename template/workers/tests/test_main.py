"""``python -m workers`` as an operator sees it, over the chosen queue."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from devstack.databases import fresh_database, shared_server
from devstack.products import write_repo


@pytest.fixture(scope="module")
def database_urls(_test_environment: None) -> Iterator[tuple[str, str]]:
    """A queue may have tables of its own."""
    with fresh_database(shared_server(), ports=["jobs"]) as urls:
        yield urls


@pytest.fixture
def environ(
    settings_values: dict[str, Any], chosen: Callable[[str], dict[str, str]], tmp_path: Path
) -> dict[str, str]:
    """What a process is told so that it works with these settings, in a repo of the test's own."""
    values = settings_values | chosen("jobs")
    given = {name.upper(): _text(value) for name, value in values.items()}
    return {**os.environ, **given, **write_repo(tmp_path)}


async def test_main_works_until_a_signal(environ: dict[str, str], tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers"),
        cwd=tmp_path,
        env={**environ, "LOG_FORMAT": "json", "WORKERS_PORT": "0"},
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
    environ: dict[str, str], tmp_path: Path, environment: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "workers"),
        cwd=tmp_path,
        env={**environ, "ENVIRONMENT": environment, "DATABASE_URL": ""},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert (process.returncode, b"DATABASE_URL" in errors) == (2, True)
    assert b"Traceback" not in errors


def _text(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
