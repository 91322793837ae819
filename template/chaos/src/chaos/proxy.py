"""A TCP proxy that stands between a service and what it depends on, and breaks the connection.

It knows nothing of protocols, so it works the same in front of PostgreSQL, Milvus, Valkey or HTTP.
Faults can be changed while connections are open.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

CHUNK = 16 * 1024

GRACE_S = 0.05
"""How long a peer has to read what arrived before a reset; the reset destroys what is unread."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong; the default is nothing.

    Attributes:
        refuse: new connections are closed at once, open ones are cut.
        latency_s: each piece of data waits this long, in each direction.
        bytes_per_s: pieces are slowed to this rate; 0 is no limit.
        reset_after: a connection is cut, without a farewell, after this many bytes to the client.
    """

    refuse: bool = False
    latency_s: float = 0.0
    bytes_per_s: int = 0
    reset_after: int | None = None


@dataclass
class FaultyProxy:
    """A running proxy; ``host`` and ``port`` are where it listens.

    ``upstream`` is a host and a port, or the path of a Unix socket.
    """

    upstream: tuple[str, int] | Path
    fault: Fault = field(default_factory=Fault)
    host: str = "127.0.0.1"
    port: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def before(cls, upstream: tuple[str, int] | Path) -> AsyncIterator[Self]:
        """Open a proxy in front of an address, and close it with all its connections."""
        proxy = cls(upstream)
        server = await asyncio.start_server(proxy._serve, proxy.host, 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            proxy.cut()
            # A connection may be in the middle of an hour's latency.
            for connection in proxy._connections:
                connection.cancel()
            await asyncio.gather(*proxy._connections, return_exceptions=True)
            await server.wait_closed()

    @property
    def url(self) -> str:
        """The address as HTTP clients want it."""
        return f"http://{self.host}:{self.port}"

    def inject(self, fault: Fault) -> None:
        """Let this go wrong from now on; refusing also cuts what is open."""
        self.fault = fault
        if fault.refuse:
            self.cut()

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.inject(Fault())

    def cut(self) -> None:
        """Reset every open connection."""
        for writer in list(self._writers):
            _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        # A peer that goes away is what this proxy is for, and only `before` cancels connections.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if not self.fault.refuse:
                await self._relay(reader, writer)
                return
        _reset(writer)
        await _close(writer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await self._connect()
        both = {writer, upstream_writer}
        self._writers |= both
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, upstream_writer, is_answer=False))
                group.create_task(self._pump(upstream_reader, writer, is_answer=True))
        except* OSError:
            for each in both:
                _reset(each)
        finally:
            self._writers -= both
            await asyncio.gather(*map(_close, both))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, Path):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection(*self.upstream)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        sent = 0
        while data := await reader.read(CHUNK):
            await self._wait(len(data))
            limit = self.fault.reset_after
            if is_answer and limit is not None and sent + len(data) > limit:
                writer.write(data[: max(0, limit - sent)])
                await writer.drain()
                await asyncio.sleep(GRACE_S)
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
            sent += len(data)
        with contextlib.suppress(OSError):
            writer.write_eof()

    async def _wait(self, size: int) -> None:
        rate = self.fault.bytes_per_s
        pause_s = self.fault.latency_s + (size / rate if rate else 0)
        if pause_s:
            await asyncio.sleep(pause_s)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of a farewell: what is still on its way is lost."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
    writer.transport.abort()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
