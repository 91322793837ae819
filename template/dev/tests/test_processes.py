import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from devstack.ports import free_port
from devstack.processes import Process, ProcessDiedError, Program

FOREVER = "import time; time.sleep(600)"
Run = Callable[..., Process]


@pytest.fixture
def said() -> list[tuple[str, str]]:
    """(name, text) of each line."""
    return []


@pytest_asyncio.fixture
async def run(tmp_path: Path, said: list[tuple[str, str]]) -> AsyncIterator[Run]:
    """Makes processes of Python code, and stops them in the end."""
    made: list[Process] = []

    def make(code: str, *arguments: str, ready_url: str | None = None) -> Process:
        command = [sys.executable, "-u", "-c", code, *arguments]
        program = Program("child", command, {"GIVEN": "own"}, ready_url)
        made.append(
            Process(program, {"GIVEN": "shared"}, tmp_path, lambda *line: said.append(line))
        )
        return made[-1]

    yield make
    for process in made:
        await process.stop()


async def test_process_hands_its_lines_on(run: Run, said: list[tuple[str, str]]) -> None:
    process = run("import os; print(os.environ['GIVEN'], '\\n'); os.write(1, b'odd \\xff end')")
    await process.start()
    await process.died()
    assert said == [("child", "own"), ("child", "odd \ufffd end")]


async def test_died_tells_the_code_and_the_last_lines(run: Run) -> None:
    process = run("import sys; print('before the end'); sys.exit(7)")
    await process.start()
    assert str(await process.died()) == "child ended with code 7. It last said:\n  before the end"


async def test_stop_ends_what_the_process_started(run: Run, said: list[tuple[str, str]]) -> None:
    code = (
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, '-c', '{FOREVER}']);"
        "print(child.pid); time.sleep(600)"
    )
    process = run(code)
    await process.start()
    grandchild = psutil.Process(await _said_pid(said))
    await process.stop()
    assert await _has_ended(grandchild)


async def test_ready_waits_for_an_answer(run: Run) -> None:
    port = free_port()
    code = (
        "import sys; from http.server import HTTPServer, SimpleHTTPRequestHandler as Handler;"
        "HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()"
    )
    process = run(code, str(port), ready_url=f"http://127.0.0.1:{port}/")
    await process.start()
    await process.ready()
    assert process.pid is not None


async def test_ready_says_that_the_process_died(run: Run) -> None:
    process = run("raise SystemExit('planted')", ready_url=f"http://127.0.0.1:{free_port()}/")
    await process.start()
    with pytest.raises(ProcessDiedError, match="planted"):
        await process.ready()


async def test_process_starts_again_after_stop(run: Run) -> None:
    process = run(FOREVER)
    await process.start()
    first = process.pid
    await process.stop()
    await process.start()
    assert process.pid not in {None, first}


async def _said_pid(said: list[tuple[str, str]]) -> int:
    for _ in range(500):
        if said:
            return int(said[0][1])
        await asyncio.sleep(0.02)
    pytest.fail("The process said nothing.")


async def _has_ended(process: psutil.Process) -> bool:
    """Say whether it ends soon; who adopts it may be slow to bury it."""
    for _ in range(500):
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.02)
    return False
