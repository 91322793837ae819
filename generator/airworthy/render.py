"""From answers to files: all of them or none, and the same bytes that copier itself writes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from airworthy import engine, staging
from airworthy.errors import RenderError, from_os_error
from airworthy.source import Source, tree

ANSWERS_FILE = ".copier-answers.yml"

Progress: TypeAlias = Callable[[int, int], None]
"""Hears how many files are done, of how many: at most so many until the last call, exactly so many then."""

_RECORDED = re.compile(r"^(_commit|_commit_hash|_src_path): .*\n", re.MULTILINE)


@dataclass(frozen=True, order=True)
class RenderedFile:
    """One file of a generated repo: its path below the root with forward slashes, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True)
class Rendered:
    """What a render gave."""

    files: tuple[RenderedFile, ...]
    """In the order of their paths."""
    commit: str | None
    """The full hash of the template's commit, if it is known."""
    digest: str
    """SHA-256 over every path, executable bit and content: equal digests, equal repos."""
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Path → content, from `plan` only."""


def render(
    source: Source, answers: Mapping[str, Any], dst: Path, *, overwrite: bool = False, progress: Progress | None = None
) -> Rendered:
    """Write the repo for `answers` to `dst`; with `overwrite`, over the files that are there.

    It is written beside `dst` first: a failure, Ctrl-C or SIGTERM leaves everything as it was.

    Raises:
        DestinationError: `dst` is in use, cannot be written, or the disk is full.
        InvalidAnswerError: the template refuses an answer.
        RenderError: the template is broken.
    """
    dst = dst.absolute()
    if not overwrite:
        staging.require_free(dst)
    with staging.staged(dst) as beside:
        folder = beside / "repo" / dst.name
        rendered = _render(source, answers, folder, beside / "template", progress)
        if dst.is_dir() and any(dst.iterdir()):
            staging.merge(folder, dst, beside / "replaced")
        else:
            staging.publish(folder, dst)
        return rendered


def plan(source: Source, answers: Mapping[str, Any]) -> Rendered:
    """What `render` would write, in memory; nothing is left on disk."""
    with tempfile.TemporaryDirectory(prefix="airworthy-plan-") as name:
        folder = Path(name) / "repo"
        rendered = _render(source, answers, folder, Path(name) / "template", None)
        contents = {file.path: (folder / file.path).read_bytes() for file in rendered.files}
    return Rendered(rendered.files, rendered.commit, rendered.digest, contents)


def _render(
    source: Source, answers: Mapping[str, Any], folder: Path, scratch: Path, progress: Progress | None
) -> Rendered:
    try:
        template = tree(source, scratch)
        engine.copy(template, folder, answers, created=progress and _Counter(template, progress).created)
        _record(source, folder / ANSWERS_FILE)
        rendered = _inspect(source, folder)
    except OSError as error:
        raise from_os_error(error) from error
    if progress:
        progress(len(rendered.files), len(rendered.files))
    return rendered


def _record(source: Source, path: Path) -> None:
    """Say where the template can be had, and its version, as copier does when it clones by itself."""
    text = path.read_text(encoding="utf-8")
    recorded = {"_commit": source.ref, "_commit_hash": source.commit, "_src_path": source.src}
    known = {name: value for name, value in recorded.items() if value}
    if not (first := _RECORDED.search(text)):
        raise RenderError(f"The template writes no _src_path into {ANSWERS_FILE}.", "Please report it.")
    rest = _RECORDED.sub("", text[first.start() :])
    path.write_text(text[: first.start()] + yaml.safe_dump(known) + rest, encoding="utf-8", newline="\n")


def _inspect(source: Source, folder: Path) -> Rendered:
    """List what was written, and give each file the mode that a git checkout would give it."""
    digest, files, mask = sha256(), [], _umask()
    for path in sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        mode = path.stat().st_mode
        wanted = (0o777 if mode & 0o100 else 0o666) & ~mask
        if mode & 0o777 != wanted:
            path.chmod(wanted)
        digest.update(f"{name}\0{mode & 0o100}\0{len(content)}\0".encode() + content)
        files.append(RenderedFile(name, len(content)))
    return Rendered(tuple(files), source.commit, digest.hexdigest())


def _files(folder: Path) -> Iterable[Path]:
    return (Path(place, name) for place, _, names in os.walk(folder) for name in names)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


class _Counter:
    """Turns created paths into progress; the template's files are the most that there can be."""

    def __init__(self, template: Path, progress: Progress) -> None:
        self._root = template / "template"
        self._progress = progress
        self._total = sum(1 for _ in _files(self._root))
        self._done = 0

    def created(self, path: str) -> None:
        if not (self._root / path).is_dir():
            self._done += 1
            self._progress(self._done, self._total)
