"""A limit on each wait of many, for the price of one timer.

``asyncio.timeout`` sets and cancels a timer for every event of a stream; here one timer looks now
and then whether the wait at hand began too long ago.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

Item = TypeVar("Item")


async def each_within(
    source: AsyncGenerator[Item, None], seconds: float
) -> AsyncGenerator[Item, None]:
    """Yield the items; ``TimeoutError`` when one keeps us waiting for longer than ``seconds``."""
    watch = _Watch(seconds)
    try:
        while True:
            watch.begin()
            try:
                item = await anext(source, None)
            except asyncio.CancelledError as error:
                watch.explain(error)
                raise
            watch.end()
            if item is None:
                return
            yield item
    finally:
        watch.close()


class _Watch:
    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._since: float | None = None
        self._task: asyncio.Task[object] | None = None
        self._has_cancelled = False
        self._timer = self._loop.call_later(seconds, self._look)

    def begin(self) -> None:
        self._since = self._loop.time()
        self._task = asyncio.current_task()
        self._before = self._task.cancelling() if self._task else 0

    def end(self) -> None:
        self._since = None

    def close(self) -> None:
        self._timer.cancel()

    def explain(self, error: asyncio.CancelledError) -> None:
        """Raise ``TimeoutError`` when it was this watch that cancelled, and nobody else did too."""
        self._since = None
        if self._has_cancelled and self._task and self._task.uncancel() <= self._before:
            raise TimeoutError from error

    def _look(self) -> None:
        now = self._loop.time()
        waited = 0.0 if self._since is None else now - self._since
        if waited >= self._seconds and self._task:
            self._has_cancelled = True
            self._task.cancel()
            return
        self._timer = self._loop.call_later(self._seconds - waited, self._look)
