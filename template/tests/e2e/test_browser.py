"""The running product in Chromium, as ui/e2e tells it."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from devstack.console import Console
from devstack.stack import Options, Stack
from runtime.product import root

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]


async def test_browser_walks_through_the_product(data_folder: Path) -> None:
    # covers R-0206
    said: list[str] = []
    options = Options(folder=data_folder, ephemeral=True, with_ui=True)
    async with Stack(options, Console(said.append)) as stack:
        person = stack.tenants[0].users[0].name
        returncode, output = await _walk(stack.public_url, person)
    if "SKIPPED: no Chromium" in output:
        pytest.skip("No Chromium or Chrome on this machine: install one or set CHROMIUM_PATH.")
    assert returncode == 0, "\n".join([output, *said[-50:]])


async def _walk(address: str, person: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        shutil.which("npm") or "npm",
        *("--prefix", "ui", "run", "e2e", "--silent"),
        cwd=root(),
        env=os.environ | {"E2E_URL": address, "E2E_PERSON": person},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()
