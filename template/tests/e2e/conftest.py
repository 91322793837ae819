"""The whole product, started once for the tests of this folder."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
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


@contextmanager
def _data_folder() -> Iterator[Path]:
    """Lend a folder outside of pytest's own.

    Started by root, PostgreSQL runs under an account of its own, to which each start of pytest
    shuts the folders of all its runs.
    """
    with TemporaryDirectory(prefix="devstack-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """What a product stores, for one test."""
    with _data_folder() as folder:
        yield folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product() -> AsyncIterator[Product]:
    said: list[str] = []
    with _data_folder() as folder:
        options = Options(folder=folder, ephemeral=True, with_ui=False)
        async with Stack(options, Console(said.append)) as stack:
            yield Product(stack, said)
