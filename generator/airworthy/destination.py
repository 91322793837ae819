"""Where the repo goes: refused before anybody answers a question in vain."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from airworthy.errors import DestinationError, DestinationNotEmptyError, ReadOnlyFolderError


def check(folder: Path) -> None:
    """Raise a DestinationError unless a repo can be written into `folder`, which is empty or not there yet."""
    if folder.is_dir() and any(folder.iterdir()):
        raise DestinationNotEmptyError(f"{folder} is not empty.", _offer(folder))
    parent = _nearest(folder)
    if not parent.is_dir() or (folder.exists() and not folder.is_dir()):
        raise DestinationError(f"{parent} is a file, not a folder.", "Choose another folder.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ReadOnlyFolderError(f"{parent} cannot be written to.", "Choose a folder that you may write to.")


def complaint(text: str) -> str:
    """What is wrong with a folder that somebody types; empty if nothing is."""
    if not text.strip():
        return "Name a folder."
    try:
        check(parse(text))
    except DestinationError as error:
        return error.message
    return ""


def parse(text: str) -> Path:
    """The folder that somebody typed, `~` understood."""
    return Path(text.strip()).expanduser()


def beside() -> str:
    """Where a new repo goes by default: here, or beside the repo around here, so that no repo ends up in another."""
    here = Path.cwd()
    around = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
    return os.path.relpath(around.parent) if around else "."


def _nearest(folder: Path) -> Path:
    """`folder`, or the nearest folder around it that exists."""
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _offer(folder: Path) -> str:
    where = shlex.quote(str(folder))
    return f"Choose another folder, or see how it differs from a new repo with `airworthy new {where} --diff`."
