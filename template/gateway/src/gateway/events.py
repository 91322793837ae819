"""Server-sent events to the browser (HTML Standard §9.2)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import msgspec
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

Close = Callable[[], Awaitable[None]]


def event(name: str, data: object) -> bytes:
    """Return one event; the data becomes JSON on one line."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))


class EventStream(StreamingResponse):
    """Sends events while the client is there; when it leaves, what makes them is stopped at once.

    Args:
        events: what to send.
        close: called at the end in any case, also if not one event was sent.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], *, close: Close) -> None:
        super().__init__(events, headers={"X-Accel-Buffering": "no"})
        self._events = events
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        del scope
        sending = asyncio.ensure_future(self.stream_response(send))
        leaving = asyncio.ensure_future(_departure(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._events.aclose()
            await self._close()


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
