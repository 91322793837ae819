"""The whole product, started once for the tests of this folder."""

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest_asyncio

from devstack.console import Console
from devstack.fixtures import lent_folder
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def product() -> AsyncIterator[Product]:
    """The product; of what it started nothing is left."""
    said: list[str] = []

    def hear(line: str) -> None:
        said.append(line)
        sys.stdout.write(line)  # shown with a test that fails

    before = _children()
    with lent_folder() as folder:
        async with Stack(Options(folder=folder, ephemeral=True), Console(hear)) as stack:
            started = _children() - before
            yield Product(stack, said)
    assert [process for process in started if _works(process)] == []


def _works(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))
