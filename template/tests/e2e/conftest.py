"""The whole product, started once for the tests of this folder."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from devstack.console import Console
from devstack.stack import Options, Stack


@dataclass(frozen=True)
class Product:
    """A running product and what its processes have said."""

    stack: Stack
    said: list[str]

    def log(self, service: str) -> list[dict[str, Any]]:
        """The JSON lines of a service."""
        spoken = (line.partition(" │ ") for line in self.said)
        texts = [text for name, _, text in spoken if name.strip() == service]
        return [json.loads(text) for text in texts if text.startswith("{")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    said: list[str] = []
    options = Options(folder=tmp_path_factory.mktemp("data"), ephemeral=True, with_ui=False)
    async with Stack(options, Console(said.append)) as stack:
        yield Product(stack, said)
