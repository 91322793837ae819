"""Hears from the kernel (inotify) which files below a folder are opened or changed, whichever process does it."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_ACCESS, _MODIFY, _OPEN, _MOVED_FROM, _MOVED_TO, _DELETE = 0x1, 0x2, 0x20, 0x40, 0x80, 0x200
_OVERFLOW, _IGNORED, _IS_FOLDER = 0x4000, 0x8000, 0x40000000
_CHANGES = _MODIFY | _MOVED_FROM | _MOVED_TO | _DELETE
_EVENT = struct.Struct("iIII")
_PAUSE_S = 0.05


class UnwatchedError(Exception):
    """What was opened cannot be told; a run whose reads are not known credits nobody."""


@dataclass
class Heard:
    """Paths below the folder."""

    opened: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    """Opened too, as whoever lists a folder must."""
    changed: set[str] = field(default_factory=set)


class Watch:
    """Listens from ``add`` on; ``take`` hands over what was heard since the last time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._descriptor < 0:
            raise _error("inotify_init1")
        self._folders: dict[int, str] = {}
        self._heard = Heard()
        self._has_lost = False
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        # The kernel keeps some thousand events; a suite of the UI makes more.
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Stop listening."""
        self._is_over.set()
        self._listener.join()
        os.close(self._descriptor)

    def add(self, folders: Iterable[str]) -> None:
        """Listen to these folders too, not to those below them."""
        with self._lock:
            for folder in set(folders) - set(self._folders.values()):
                path = os.fsencode(self._folder / folder)
                number = self._libc.inotify_add_watch(self._descriptor, path, _OPEN | _CHANGES)
                if number < 0:
                    raise _error(f"inotify_add_watch {folder}")
                self._folders[number] = folder

    def take(self) -> Heard:
        """What was opened or changed since; raises UnwatchedError if some of it was lost."""
        with self._lock:
            self._drain()
            heard, self._heard = self._heard, Heard()
            if self._has_lost:
                self._has_lost = False
                raise UnwatchedError("The kernel's queue of events ran over: raise fs.inotify.max_queued_events.")
        return heard

    def _listen(self) -> None:
        while not self._is_over.wait(_PAUSE_S):
            with self._lock:
                self._drain()

    def _drain(self) -> None:
        while True:
            try:
                events = os.read(self._descriptor, 1 << 16)
            except BlockingIOError:
                return
            place = 0
            while place < len(events):
                number, mask, _, length = _EVENT.unpack_from(events, place)
                place += _EVENT.size + length
                self._hear(number, mask, events[place - length : place].rstrip(b"\0"))

    def _hear(self, number: int, mask: int, name: bytes) -> None:
        if mask & _OVERFLOW:
            self._has_lost = True
        elif mask & _IGNORED:
            self._folders.pop(number, None)
        elif number in self._folders:
            path = f"{self._folders[number]}/{os.fsdecode(name)}".strip("/")
            if not mask & _IS_FOLDER:
                (self._heard.changed if mask & _CHANGES else self._heard.opened).add(path)
            elif mask & _OPEN:
                self._heard.folders.add(path)


def _error(what: str) -> UnwatchedError:
    number = ctypes.get_errno()
    hint = " Raise fs.inotify.max_user_watches." if number == errno.ENOSPC else ""
    return UnwatchedError(f"{what}: {os.strerror(number)}.{hint}")
