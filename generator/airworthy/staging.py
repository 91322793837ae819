"""All or nothing: a folder is written out of sight and then takes its place at once."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from airworthy.errors import DestinationError, DestinationNotEmptyError, from_os_error


def require_free(dst: Path) -> None:
    """Raise DestinationError unless `dst` is missing or an empty folder."""
    if dst.is_symlink() or (dst.exists() and not dst.is_dir()):
        raise DestinationError(f"{dst} is not a folder.", "Choose another destination.")
    if dst.exists() and any(dst.iterdir()):
        raise DestinationNotEmptyError(f"{dst} is not empty.", "Choose another destination.")


@contextmanager
def staged(dst: Path) -> Iterator[Path]:
    """A new hidden folder beside `dst`, on its file system; whatever happens, it is gone at the end.

    SIGTERM ends the context as Ctrl-C does. Folders above `dst` that had to be made go too unless `dst` was made.

    Raises:
        DestinationError: the folder beside `dst` cannot be written.
    """
    try:
        made = _make_parents(dst.parent)
        staging = Path(tempfile.mkdtemp(prefix=f".{dst.name}.airworthy-", dir=dst.parent))
    except OSError as error:
        raise from_os_error(error, dst.parent) from error
    try:
        with _terminated_as_exit():
            yield staging
    finally:
        with _uninterrupted():
            shutil.rmtree(staging, ignore_errors=True)
            _remove_empty(made)


def publish(rendered: Path, dst: Path) -> None:
    """Move the folder `rendered` to `dst`, a free place on the same file system, in one step."""
    try:
        if dst.exists():
            dst.rmdir()  # empty, or this refuses; only POSIX renames over an empty folder
        rendered.rename(dst)
    except OSError as error:
        raise from_os_error(error, dst) from error


def merge(rendered: Path, dst: Path, saved: Path) -> None:
    """Move the files below `rendered` into the folder `dst` over those already there; other files stay.

    A failure puts those that were replaced back from `saved`, a folder on the same disk.
    """
    done: list[Path] = []
    paths = [
        path.relative_to(rendered) for path in sorted(rendered.rglob("*")) if not path.is_dir() or path.is_symlink()
    ]
    try:
        for path in paths:
            _replace(rendered / path, dst / path, saved / path)
            done.append(path)
    except BaseException as error:
        with _uninterrupted():
            _undo(done, dst, saved)
        if isinstance(error, OSError):
            raise from_os_error(error) from error
        raise


def _replace(new: Path, target: Path, saved: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink() or target.exists():
        saved.parent.mkdir(parents=True, exist_ok=True)
        target.rename(saved)
    try:
        new.rename(target)
    except OSError:
        if saved.exists():
            saved.rename(target)
        raise


def _undo(done: list[Path], dst: Path, saved: Path) -> None:
    for path in reversed(done):
        (dst / path).unlink()
        if (saved / path).is_symlink() or (saved / path).exists():
            (saved / path).rename(dst / path)


def _make_parents(folder: Path) -> list[Path]:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return  # the result is in it


@contextmanager
def _terminated_as_exit() -> Iterator[None]:
    """Turn SIGTERM into SystemExit, so that `finally` runs."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread choose
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a second Ctrl-C wait until the cleaning is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
