"""A bounded log of what was asked and answered, redacted: ``MODEL_RECORD_FOLDER`` turns it on.

One JSON object per line in ``chats.jsonl``; the full file becomes ``chats.1.jsonl`` and so on, and
the oldest goes. Redacting and writing happen in a thread of their own behind a short queue: when it
is full, or the disk is, exchanges are lost and counted, and no request waits or fails.
"""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from prometheus_client import CollectorRegistry, Counter

from runtime.logs import logger

FILE = "chats.jsonl"
FILES = 8
WAITING = 256


@dataclass
class RecordLog:
    """Lines in files of a bounded size; raises ``OSError`` when the disk refuses."""

    folder: Path
    max_bytes: int
    _file: IO[bytes] | None = None

    def append(self, line: bytes) -> None:
        """Write one line, whole or not at all."""
        file = self._open(len(line) + 1)
        size = file.tell()
        try:
            file.write(line + b"\n")
            file.flush()
        except OSError:
            self._undo(file, size)
            raise

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self, needed: int) -> IO[bytes]:
        path = self.folder / FILE
        if self._file is not None and self._file.tell() + needed > self.max_bytes // FILES:
            self.close()
            self._rotate(path)
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            # Unbuffered: what a full disk refuses must not be tried again when the file is closed.
            self._file = os.fdopen(descriptor, "ab", buffering=0)
        return self._file

    def _rotate(self, path: Path) -> None:
        for number in range(FILES - 2, 0, -1):
            old = path.with_suffix(f".{number}.jsonl")
            if old.exists():
                old.replace(path.with_suffix(f".{number + 1}.jsonl"))
        path.replace(path.with_suffix(".1.jsonl"))

    def _undo(self, file: IO[bytes], size: int) -> None:
        self._file = None
        try:
            file.truncate(size)
        except OSError:
            pass  # a device that takes nothing back; the reader skips a broken line
        finally:
            file.close()


@dataclass
class Recorder:
    """Takes exchanges in and writes them elsewhere; ``take`` never waits and never fails."""

    log: RecordLog
    outcomes: Counter
    _queue: "queue.Queue[Callable[[], bytes] | None]" = field(
        default_factory=lambda: queue.Queue(WAITING)
    )
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    def take(self, write: Callable[[], bytes]) -> None:
        """Take one exchange in; ``write`` makes its line, in the other thread."""
        try:
            self._queue.put_nowait(write)
        except queue.Full:
            self.outcomes.labels("dropped").inc()

    def stop(self) -> None:
        """Write what waits, and end."""
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join()
        self.log.close()

    def _run(self) -> None:
        while (write := self._queue.get()) is not None:
            self.outcomes.labels(self._write(write)).inc()

    def _write(self, write: Callable[[], bytes]) -> str:
        try:
            self.log.append(write())
        except OSError as error:
            logger(__name__).warning("record_failed", reason=error.strerror or str(error))
            return "failed"
        except Exception:  # noqa: BLE001 - no exchange may end the thread that writes the next
            # Without the exchange: what broke the redaction must not reach the log by this door.
            logger(__name__).error("record_unwritable")
            return "failed"
        return "written"


def open_recorder(
    folder: Path | None, max_bytes: int, registry: CollectorRegistry
) -> Recorder | None:
    """Return the recorder, or None where none is wanted."""
    if folder is None:
        return None
    outcomes = Counter(
        "model_proxy_records",
        "Exchanges that were written to the record, dropped because it was behind, or failed",
        ["outcome"],
        registry=registry,
    )
    for outcome in ("written", "dropped", "failed"):
        outcomes.labels(outcome)
    return Recorder(RecordLog(folder, max_bytes), outcomes)


@contextmanager
def recording(recorder: Recorder | None) -> Iterator[None]:
    """Record while the proxy serves; what waits at the end is written."""
    if recorder is None:
        yield
        return
    recorder.start()
    try:
        yield
    finally:
        recorder.stop()
