"""The running product in Chromium, as ui/e2e tells it."""

from pathlib import Path

import pytest
from tests.e2e import chromium

from devstack.console import Console
from devstack.stack import Options, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]


async def test_browser_walks_through_the_product(data_folder: Path) -> None:
    # covers R-0206
    said: list[str] = []
    options = Options(folder=data_folder, ephemeral=True, with_ui=True)
    async with Stack(options, Console(said.append)) as stack:
        person = stack.tenants[0].users[0].name
        await chromium.run("walk", stack.public_url, person, said)
