"""Server-sent events, as model APIs use them (HTML Standard §9.2.6, ``data`` fields only)."""

from model_proxy.errors import UpstreamError

DONE = b"[DONE]"
MAX_EVENT_BYTES = 1 << 20


def encode_event(data: bytes) -> bytes:
    """Return one event; the data must be on one line, as JSON is."""
    return b"data: " + data + b"\n\n"


class EventReader:
    """Turns the bytes of a stream into the data of its events, however the bytes were cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the events that the piece completes; fields other than ``data`` are skipped.

        Raises:
            UpstreamError: an event is longer than ``MAX_EVENT_BYTES``.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if self._size + len(self._rest) > MAX_EVENT_BYTES:
            raise UpstreamError("The model sent an event that has no end.")
        events: list[bytes] = []
        for line in lines:
            self._read(line.removesuffix(b"\r"), events)
        return events

    def end(self) -> list[bytes]:
        """Return the event that the stream's end completes, if any."""
        return self.feed(b"\n\n")

    def _read(self, line: bytes, events: list[bytes]) -> None:
        if line.startswith(b"data:"):
            data = line[5:].removeprefix(b" ")
            self._data.append(data)
            self._size += len(data)
        elif not line and self._data:
            events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
            self._data.clear()
            self._size = 0
