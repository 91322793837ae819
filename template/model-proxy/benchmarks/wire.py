"""The smallest HTTP/1.1 client and server that can outrun what is measured."""

import asyncio
import time
from collections.abc import Callable
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

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)

    async def ask(self, request: bytes) -> Exchange:
        """Send a request and wait for the end of its answer."""
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
        """Tell whoever waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


Respond = Callable[[str, bytes], list[bytes]]


class Answering(asyncio.Protocol):
    """A server's end of a connection; what to write is decided by path and body."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._path, self._body = "", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read requests."""
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request."""
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Note what is asked for."""
        self._path, self._body = url.decode(), b""

    def on_body(self, body: bytes) -> None:
        """Collect the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """Answer."""
        for piece in self._respond(self._path, self._body):
            self._transport.write(piece)  # type: ignore[attr-defined]  # asyncio types it as the base
