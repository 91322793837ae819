"""The smallest HTTP/1.1 server that can outrun what is measured."""

import asyncio
from collections.abc import Callable

import httptools

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
