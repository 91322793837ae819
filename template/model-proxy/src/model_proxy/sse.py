"""Server-sent events, as model APIs use them (HTML Standard §9.2.6, ``data`` fields only)."""

from collections.abc import AsyncIterable, AsyncIterator

from model_proxy.errors import UpstreamError

DONE = b"[DONE]"
MAX_EVENT_BYTES = 1 << 20


def encode_event(data: bytes) -> bytes:
    """Return one event; the data must be on one line, as JSON is."""
    return b"data: " + data + b"\n\n"


async def read_events(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the data of each event, however the bytes were cut; other fields are skipped.

    Raises:
        UpstreamError: an event is longer than ``MAX_EVENT_BYTES``.
    """
    data: list[bytes] = []
    async for line in _lines(pieces):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data.clear()
    if data:
        yield b"\n".join(data)


async def _lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r")
        if len(rest) > MAX_EVENT_BYTES:
            raise UpstreamError("The model sent an event that has no end.")
    if rest:
        yield rest
