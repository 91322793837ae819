"""Notes which paths of a repo one process looks at: what it opens, what it asks about, what it lists.

Imports are not noted as listings, though they list folders, nor is what pytest does to find its files: neither lets a
test's outcome depend on what else lies in a folder. Other processes are not seen from here; the kernel tells of them.
"""

import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_STANDARD = sysconfig.get_path("stdlib") + os.sep
_PACKAGES = f"{os.sep}site-packages{os.sep}"
_COLLECTORS = tuple(f"{_PACKAGES}{name}{os.sep}" for name in ("_pytest", "pluggy", "pytest_asyncio", "_hypothesis"))
_OURS = __file__


class Recorder:
    """Starts with ``start`` and cannot be stopped: it is for a process that runs one test module."""

    def __init__(self, folder: str) -> None:
        self._root = os.path.realpath(folder) + os.sep
        self._muted = threading.local()
        self.opened: set[str] = set()
        self.looked: set[str] = set()
        self.listed: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Hear of everything from now on."""
        sys.addaudithook(self._hear)
        os.stat = self._asking(os.stat)
        os.lstat = self._asking(os.lstat)
        os.access = self._asking(os.access)
        Path.glob = self._globbing(Path.glob, "")  # type: ignore[method-assign]
        Path.rglob = self._globbing(Path.rglob, "**/")  # type: ignore[method-assign]

    def notes(self) -> dict[str, Any]:
        """All that was noted, for JSON."""
        return {"opened": sorted(self.opened), "looked": sorted(self.looked), "listed": sorted(self.listed)}

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if self._is_read(arguments[1], arguments[2]):
                self._note(self.opened, arguments[0])
        elif event in {"os.listdir", "os.scandir"} and not self._is_muted and not _is_machinery():
            path = self._inside("." if arguments[0] is None else arguments[0])
            if path is not None:
                self.listed.add((path, "*"))

    @staticmethod
    def _is_read(mode: Any, flags: Any) -> bool:
        if isinstance(mode, str):
            return not set(mode) & set("wax") or "+" in mode
        return not isinstance(flags, int) or flags & os.O_ACCMODE != os.O_WRONLY

    def _asking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Any, *arguments: Any, **options: Any) -> Any:
            if options.get("dir_fd") is None and not self._is_muted and not _is_machinery():
                self._note(self.looked, path)
            return original(path, *arguments, **options)

        return ask

    def _globbing(self, original: Callable[..., Any], prefix: str) -> Callable[..., Any]:
        def glob(path: Path, pattern: str, *arguments: Any, **options: Any) -> Iterator[Path]:
            inside = None if self._is_muted else self._inside(path)
            if inside is not None:
                self.listed.add((inside, f"{prefix}{pattern}"))
            with self._mute():
                return iter(list(original(path, pattern, *arguments, **options)))

        return glob

    def _note(self, notes: set[str], path: Any) -> None:
        inside = self._inside(path)
        if inside:
            notes.add(inside)

    def _inside(self, path: Any) -> str | None:
        """The path below the folder, ``""`` for itself; None for any other."""
        if isinstance(path, int) or not isinstance(path, (str, bytes, os.PathLike)):
            return None
        try:
            text = os.path.abspath(os.fsdecode(path)) + os.sep  # noqa: PTH100 - pathlib would ask about it
        except (OSError, ValueError):
            return None
        return text[len(self._root) : -1] if text.startswith(self._root) else None

    @property
    def _is_muted(self) -> bool:
        return bool(getattr(self._muted, "depth", 0))

    @contextmanager
    def _mute(self) -> Iterator[None]:
        self._muted.depth = getattr(self._muted, "depth", 0) + 1
        try:
            yield
        finally:
            self._muted.depth -= 1


def _is_machinery() -> bool:
    """Whether the import system or pytest asks, rather than a test or what it tests."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to see who calls
    while frame is not None:
        place = frame.f_code.co_filename
        if place.startswith("<frozen importlib"):
            return True
        is_library = place == _OURS or place.startswith(("<frozen", _STANDARD))
        if not is_library or _PACKAGES in place:
            return any(name in place for name in _COLLECTORS)
        frame = frame.f_back
    return False
