"""Server-sent events on their way out.

What is there at once leaves at once, in one write: no event waits for another, and a model that
sends ten in one packet costs one packet here too.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.types import Send

MOST_BYTES = 64 * 1024
"""What may wait for a slow reader before the model is made to wait too."""


class Pump:
    """Sends what a generator yields; cancelling it closes the generator at once."""

    def __init__(self, source: AsyncGenerator[bytes, None], send: Send) -> None:
        self._source = source
        self._send = send
        self._pieces: list[bytes] = []
        self._size = 0
        self._is_over = False
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def run(self) -> None:
        """Send everything; an error of the source is raised after what came before it is sent."""
        sending = asyncio.ensure_future(self._drain())
        # A reader that fails must not leave the source waiting for room.
        sending.add_done_callback(lambda _: self._has_room.set())
        try:
            try:
                await self._fill(sending)
            except Exception:
                await self._finish(sending)
                raise
            await self._finish(sending)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _fill(self, sending: "asyncio.Task[None]") -> None:
        # In the caller's task, so that the source has begun as soon as this has.
        async with aclosing(self._source) as source:
            async for piece in source:
                self._pieces.append(piece)
                self._size += len(piece)
                self._has_news.set()
                if self._size > MOST_BYTES:
                    self._has_room.clear()
                    await self._has_room.wait()
                if sending.done():
                    return

    async def _finish(self, sending: "asyncio.Task[None]") -> None:
        self._is_over = True
        self._has_news.set()
        await sending

    async def _drain(self) -> None:
        while self._pieces or not self._is_over:
            await self._has_news.wait()
            self._has_news.clear()
            body = b"".join(self._pieces)
            self._pieces.clear()
            if body:
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
            self._size = sum(map(len, self._pieces))
            if self._size <= MOST_BYTES:
                self._has_room.set()
