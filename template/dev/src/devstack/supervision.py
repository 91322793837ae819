"""Watches over a running stack: restarts what changed, and ends with what died."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

from watchfiles import PythonFilter, awatch

from devstack.processes import Process, ProcessDiedError
from devstack.stack import Stack


class SourceFilter(PythonFilter):
    """Python, prompts and flags; caches and editors' files are ignored."""

    def __init__(self) -> None:
        super().__init__(extra_extensions=(".yaml", ".toml"))


async def supervise(stack: Stack, stopped: Awaitable[object]) -> int:
    """Return 0 when told to stop, 1 when a process died by itself."""
    ends = asyncio.ensure_future(stopped)
    watches = [asyncio.create_task(_watch(process, stack)) for process in stack.processes.values()]
    try:
        await asyncio.wait({ends, *watches}, return_when=asyncio.FIRST_COMPLETED)
        dead = [watch.result() for watch in watches if watch.done()]
        for error in dead:
            stack.console.alarm(str(error))
        return 1 if dead else 0
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _watch(process: Process, stack: Stack) -> ProcessDiedError:
    """Return the error of a process that died; one that an edit broke waits for the next edit."""
    was_edited = False
    while True:
        changed = asyncio.create_task(_changed(list(process.program.sources)))
        died = asyncio.create_task(process.died())
        try:
            await asyncio.wait({changed, died}, return_when=asyncio.FIRST_COMPLETED)
            if died.done():
                if not was_edited:
                    return died.result()
                stack.console.alarm(f"{died.result()}\nWaiting for the next change.")
                await changed
            stack.console.line(process.program.name, "changed: restarting")
            await process.stop()
            await process.start()
            was_edited = True
        finally:
            changed.cancel()
            died.cancel()


async def _changed(sources: list[Path]) -> None:
    if not sources:
        await asyncio.Event().wait()
    async for _ in awatch(*sources, watch_filter=SourceFilter()):
        return
