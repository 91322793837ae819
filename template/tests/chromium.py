"""The scripts of ui/ that try a running product in Chromium."""

import asyncio
import os
import shutil

import pytest

from runtime.product import root


async def run(script: str, address: str, person: str) -> None:
    """Run a script of ``ui/package.json``; skips the test where there is no browser.

    Args:
        address: where the product is.
        person: who signs in; a part of what their button says.
    """
    process = await asyncio.create_subprocess_exec(
        shutil.which("npm") or "npm",
        *("--prefix", "ui", "run", script, "--silent"),
        cwd=root(),
        env=os.environ | {"E2E_URL": address, "E2E_PERSON": person},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    if "SKIPPED: no Chromium" in output:
        pytest.skip("No Chromium or Chrome on this machine: install one or set CHROMIUM_PATH.")
    assert process.returncode == 0, output
