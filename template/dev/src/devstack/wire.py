"""The smallest HTTP/1.1 client that can outrun what is measured."""

import asyncio
import time
from dataclasses import dataclass

import httptools


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; seconds from sending to the first and to the last byte."""

    status: int
    first_s: float
    total_s: float


class Connection(asyncio.Protocol):
    """A connection that is kept; one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Exchange] | None = None
        self._sent = self._first = 0.0
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)

    async def ask(self, request: bytes) -> Exchange:
        """Send a request and wait for the end of its answer; raises ``ConnectionError``."""
        if not self.is_open:
            raise ConnectionError("the server closed the connection")
        self._answer = self._loop.create_future()
        self._first = 0.0
        self._sent = time.perf_counter()
        self._transport.write(request)  # type: ignore[attr-defined]  # asyncio types it as the base
        return await self._answer

    def data_received(self, data: bytes) -> None:
        """Read a piece of the answer."""
        self._parser.feed_data(data)

    def on_body(self, _body: bytes) -> None:
        """Note when the answer begins."""
        self._first = self._first or time.perf_counter()

    def on_message_complete(self) -> None:
        """Hand the answer over."""
        now = time.perf_counter()
        status = self._parser.get_status_code()
        self._parser = httptools.HttpResponseParser(self)
        if self._answer is not None:
            sent = self._sent
            self._answer.set_result(Exchange(status, (self._first or now) - sent, now - sent))
            self._answer = None

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell whoever waits, and whoever asks later."""
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()
