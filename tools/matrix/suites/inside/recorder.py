"""Notes which paths of a repo a Python process looks at: what it opens, what it asks about, what it lists.

Each note is a line of JSON in a file that a test module and the Python processes which it starts share: a process may
be killed at any time. Imports are not noted as listings, though they list folders, nor is what pytest does to find its
files: neither lets a test's outcome depend on what else lies in a folder. Such folders are noted as walked through, so
that they are known when the kernel tells of them; it tells of programs in other languages too.
"""

import json
import os
import sys
import sysconfig
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

_STANDARD = sysconfig.get_path("stdlib") + os.sep
# What is installed is searched for in every folder of the path, by names that end in .dist-info or .egg-info.
_IMPORTING = ("<frozen importlib", f"{_STANDARD}importlib{os.sep}metadata{os.sep}")
_PACKAGES = f"{os.sep}site-packages{os.sep}"
_COLLECTORS = tuple(f"{_PACKAGES}{name}{os.sep}" for name in ("_pytest", "pluggy", "pytest_asyncio", "_hypothesis"))
_OURS = __file__
TRACKED = "product.toml"
"""A file of which rarely all is needed; what is asked for is noted entry by entry."""
FOLDER, NOTES, DIGEST = "MATRIX_FOLDER", "MATRIX_NOTES", "MATRIX_TRACKED"
"""Variables that tell processes where the repo is, where to write, and the SHA-256 of the tracked file.

The recorder itself must not open that file: the kernel would tell of it as of a program in another language.
"""


class Recorder:
    """Starts with ``start`` and cannot be stopped: it is for a process that runs one test module, or part of one."""

    def __init__(self, folder: str, notes: str, digest: str) -> None:
        self._root = os.path.realpath(folder) + os.sep
        self._muted = threading.local()
        self._notes = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._known: set[tuple[str, ...]] = set()
        self._digest = digest

    def start(self) -> None:
        """Hear of everything from now on."""
        sys.addaudithook(self._hear)
        os.stat = self._asking(os.stat)
        os.lstat = self._asking(os.lstat)
        os.access = self._asking(os.access)
        Path.glob = self._globbing(Path.glob, "")  # type: ignore[method-assign]
        Path.rglob = self._globbing(Path.rglob, "**/")  # type: ignore[method-assign]
        tomllib.loads = self._tracking(tomllib.loads)

    def note(self, kind: str, *words: str, again: bool = False) -> None:
        """Write a note, once unless it is to be counted."""
        if again or (kind, *words) not in self._known:
            self._known.add((kind, *words))
            os.write(self._notes, (json.dumps([kind, *words]) + "\n").encode())

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            if self._is_read(arguments[1], arguments[2]):
                self._note("opened", arguments[0])
        elif event in {"os.listdir", "os.scandir"}:
            path = self._inside("." if arguments[0] is None else arguments[0])
            if path is not None:
                self.note("walked" if self._is_muted or _is_machinery() else "listed", path, "*")

    @staticmethod
    def _is_read(mode: Any, flags: Any) -> bool:
        if isinstance(mode, str):
            return not set(mode) & set("wax") or "+" in mode
        return not isinstance(flags, int) or flags & os.O_ACCMODE != os.O_WRONLY

    def _asking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Any, *arguments: Any, **options: Any) -> Any:
            if options.get("dir_fd") is None and not self._is_muted and not _is_machinery():
                self._note("looked", path)
            return original(path, *arguments, **options)

        return ask

    def _globbing(self, original: Callable[..., Any], prefix: str) -> Callable[..., Any]:
        def glob(path: Path, pattern: str, *arguments: Any, **options: Any) -> Iterator[Path]:
            inside = None if self._is_muted else self._inside(path)
            if inside is not None:
                self.note("listed", inside, f"{prefix}{pattern}")
            with self._mute():
                return iter(list(original(path, pattern, *arguments, **options)))

        return glob

    def _tracking(self, original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def loads(text: str, **options: Any) -> dict[str, Any]:
            found = original(text, **options)
            if sha256(text.encode()).hexdigest() != self._digest:
                return found
            self.note("parsed", TRACKED, str(os.getpid()), again=True)
            return Table(found, lambda entry: self.note("entry", TRACKED, entry))

        return loads

    def _note(self, kind: str, path: Any) -> None:
        inside = self._inside(path)
        if inside:
            self.note(kind, inside)
        if inside == TRACKED and kind == "opened":
            self.note("read", TRACKED, str(os.getpid()), again=True)

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


class Table(dict[str, Any]):
    """A table of TOML that tells which of its entries are asked for; whoever goes through it asks for all."""

    def __init__(self, content: Mapping[str, Any], tell: Callable[[str], None], name: str = "") -> None:
        super().__init__(content)
        self._tell, self._name = tell, name

    def __getitem__(self, key: str) -> Any:
        return self._asked(key, super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        """As a dict does."""
        return self._asked(key, super().get(key, default))

    def __contains__(self, key: object) -> bool:
        self._asked(str(key), None)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._tell(self._name)
        return super().__iter__()

    def keys(self) -> Any:
        """As a dict does."""
        self._tell(self._name)
        return super().keys()

    def values(self) -> Any:
        """As a dict does."""
        self._tell(self._name)
        return super().values()

    def items(self) -> Any:
        """As a dict does."""
        self._tell(self._name)
        return super().items()

    def copy(self) -> dict[str, Any]:
        """As a dict does."""
        self._tell(self._name)
        return dict(super().items())

    def __len__(self) -> int:
        self._tell(self._name)
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._tell(self._name)
        return super().__eq__(other)

    __hash__ = None

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __repr__(self) -> str:
        self._tell(self._name)
        return super().__repr__()

    def _asked(self, key: str, value: Any) -> Any:
        entry = f"{self._name}.{key}".lstrip(".")
        if isinstance(value, dict) and not self._name:
            return Table(value, self._tell, entry)
        self._tell(entry)
        return value


def _is_machinery() -> bool:
    """Whether the import system or pytest asks, rather than a test or what it tests."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to see who calls
    while frame is not None:
        place = frame.f_code.co_filename
        if place.startswith(_IMPORTING):
            return True
        is_library = place == _OURS or place.startswith(("<frozen", _STANDARD))
        if not is_library or _PACKAGES in place:
            return any(name in place for name in _COLLECTORS)
        frame = frame.f_back
    return False
