"""A stack of small programs, watched for real: edits restart, deaths are reported."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from devstack.console import Console
from devstack.processes import Process, Program
from devstack.stack import Options, Stack
from devstack.supervision import supervise

TRIES = 300

pytestmark = pytest.mark.usefixtures("seeds")


class Watched:
    """One program under supervision; its code is a file that the test edits."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.folder = folder
        self.stack = Stack(Options(folder=folder), Console(self.said.append))
        self.stopped = asyncio.Event()

    async def start(self, code: str) -> asyncio.Task[int]:
        self.edit(code)
        program = Program("child", [sys.executable, "-u", "code.py"], {}, None, [self.folder])
        process = Process(program, {}, self.folder, self.stack.console.line)
        self.stack.processes["child"] = process
        await process.start()
        return asyncio.create_task(supervise(self.stack, self.stopped.wait()))

    def edit(self, code: str) -> None:
        (self.folder / "code.py").write_text(code)

    async def until(self, text: str) -> None:
        for _ in range(TRIES):
            if any(text in line for line in self.said):
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"{text!r} was never said: {self.said}")


@pytest_asyncio.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    made = Watched(tmp_path)
    yield made
    await made.stack.stop()


def _saying(text: str) -> str:
    return f"import time; print({text!r}); time.sleep(600)"


async def test_supervise_ends_with_the_process_that_died(watched: Watched) -> None:
    task = await watched.start("print('last words'); raise SystemExit(3)")
    assert await task == 1
    assert any("child ended with code 3" in line and "last words" in line for line in watched.said)


async def test_supervise_ends_quietly_when_told(watched: Watched) -> None:
    task = await watched.start(_saying("one"))
    await watched.until("one")
    watched.stopped.set()
    assert await task == 0


async def test_supervise_restarts_what_was_edited(watched: Watched) -> None:
    task = await watched.start(_saying("one"))
    await watched.until("one")
    await _edit_until(watched, _saying("two"), "two")
    watched.stopped.set()
    assert await task == 0


async def test_supervise_waits_for_the_edit_that_mends_a_broken_one(watched: Watched) -> None:
    task = await watched.start(_saying("one"))
    await watched.until("one")
    await _edit_until(watched, "broken(", "Waiting for the next change")
    await _edit_until(watched, _saying("mended"), "mended")
    watched.stopped.set()
    assert await task == 0


async def _edit_until(watched: Watched, code: str, text: str) -> None:
    """Edit again and again: the watcher may not be listening yet when the first edit is made."""
    for _ in range(TRIES):
        watched.edit(code)
        for _ in range(20):
            if any(text in line for line in watched.said):
                return
            await asyncio.sleep(0.05)
    pytest.fail(f"{text!r} was never said: {watched.said}")
