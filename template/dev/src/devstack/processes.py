"""One child process: its lines go to the console, its whole process group ends with it."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2

from devstack.console import Line

LAST_LINES = 30
STOP_S = 10.0
READY_S = 90.0


class ProcessDiedError(Exception):
    """A process ended that should have gone on; the message holds its last lines."""

    code = "process_died"


@dataclass(frozen=True)
class Program:
    """What to run.

    Attributes:
        environment: variables beyond those that every program gets.
        ready_url: answers 2xx once it works; without, it works when it runs.
        sources: folders whose changes restart it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready_url: str | None = None
    sources: Sequence[Path] = ()


class Process:
    """A running program, restarted on request."""

    def __init__(
        self, program: Program, environment: Mapping[str, str], folder: Path, line: Line
    ) -> None:
        self.program = program
        self._environment = {**environment, **program.environment}
        self._folder = folder
        self._line = line
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._child: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return None if self._child is None else self._child.pid

    async def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches only the runner."""
        self._last.clear()
        self._child = await asyncio.create_subprocess_exec(
            *self.program.command,
            cwd=self._folder,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=1024 * 1024,
        )
        self._reader = asyncio.create_task(self._read(self._child))

    async def died(self) -> ProcessDiedError:
        """Wait until it ends, and return the error that says so."""
        if self._child is None or self._reader is None:
            return ProcessDiedError(f"{self.program.name} was not started.")
        code = await self._child.wait()
        await self._reader
        last = "\n".join(f"  {line}" for line in self._last) or "  (it said nothing)"
        return ProcessDiedError(
            f"{self.program.name} ended with code {code}. It last said:\n{last}"
        )

    async def ready(self) -> None:
        """Wait until it answers.

        Raises:
            ProcessDiedError: it ended, or did not answer within ``READY_S`` seconds.
        """
        if self.program.ready_url is None:
            return
        answers = asyncio.create_task(_answers(self.program.ready_url))
        died = asyncio.create_task(self.died())
        try:
            await asyncio.wait(
                {answers, died}, timeout=READY_S, return_when=asyncio.FIRST_COMPLETED
            )
            if died.done():
                raise died.result()
            if not answers.done():
                raise ProcessDiedError(
                    f"{self.program.name} does not answer at {self.program.ready_url}."
                )
        finally:
            answers.cancel()
            died.cancel()

    async def stop(self) -> None:
        """End it and everything it started: politely, then by force."""
        if self._child is None:
            return
        _signal_group(self._child.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await self._child.wait()
        except TimeoutError:
            self._line(self.program.name, f"did not stop within {STOP_S:.0f} s: killed")
        # What it started may outlive it.
        _signal_group(self._child.pid, signal.SIGKILL)
        await self._child.wait()
        if self._reader is not None:
            await self._reader
        self._child = None

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        if child.stdout is None:
            return
        async for raw in child.stdout:
            if text := raw.decode(errors="replace").rstrip():
                self._last.append(text)
                self._line(self.program.name, text)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


async def _answers(url: str) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx2.HTTPError):
                if (await client.get(url, timeout=5)).is_success:
                    return
            await asyncio.sleep(0.1)
