"""Whether the assembled tree is what copier's public API writes, byte for byte and mode for mode."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from airworthy import engine
from matrix.blobs import Blob
from matrix.checks import parsing
from matrix.template import Template, tracked

if TYPE_CHECKING:
    from matrix.samples import Sample

Write: TypeAlias = Callable[[Path, Path, Mapping[str, str]], None]
"""Renders the template in a plain folder into another folder."""


@dataclass(frozen=True)
class Difference:
    """What is not equal, or cannot be parsed, for one sample."""

    sample: Sample
    paths: Mapping[str, str] = field(hash=False)
    """Path → what is wrong with it."""


@contextmanager
def plain(root: Path) -> Iterator[Path]:
    """A folder, in memory where there is such a place, with the files of the template in `root` and nothing else."""
    place = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(prefix="matrix-", dir=place if os.access(place, os.W_OK) else None) as name:
        folder = Path(name) / "template"
        files = tracked(root)
        if files is None:
            shutil.copytree(root, folder)
        for path in files or ():
            if path == "copier.yml" or path.startswith("template/"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / path, folder / path)
        yield folder


def compare(
    root: Path, samples: Iterable[Sample], *, processes: int, done: Callable[[int], None] | None = None
) -> Iterator[Difference]:
    """The samples for which assembly and copier disagree; `done` hears how many are over."""
    with plain(root) as folder, ProcessPoolExecutor(processes, initializer=_open, initargs=(folder,)) as pool:
        tried = list(samples)
        for number, difference in enumerate(pool.map(difference_of, tried, chunksize=4)):
            if done:
                done(number + 1)
            if difference:
                yield replace(difference, sample=tried[number])


def difference_of(sample: Sample) -> Difference | None:
    """What differs for `sample`, in a process that has a template open."""
    return examine(_opened[0], sample, engine.copy)


def examine(template: Template, sample: Sample, write: Write) -> Difference | None:
    """What differs between our tree and what `write` writes from the plain folder that `template` was opened in."""
    folder = Path(template.origin)
    texts = {name: value for name, value in sample.answers.items() if name not in template.options.choices}
    worded = template.with_texts(texts)
    ours = dict(worded.assemble(template.options.find(sample.answers)))
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        write(folder, Path(name) / "repo", sample.answers)
        theirs = tree(Path(name) / "repo")
    wrong = {path: _disagreement(ours.get(path), theirs.get(path)) for path in sorted(ours.keys() | theirs.keys())}
    for path, blob in ours.items():
        if worded.chart.sources[path].endswith(".jinja"):
            wrong[path] = wrong[path] or parsing.complaint(path, worded.blobs.read(blob.digest))[0]
    found = {path: problem for path, problem in wrong.items() if problem}
    return Difference(sample, found) if found else None


def tree(folder: Path) -> dict[str, Blob]:
    """What is written below `folder`."""
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): _blob(path) for path in files}


def _blob(path: Path) -> Blob:
    mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    return Blob(sha256(path.read_bytes()).hexdigest(), mode)


def _disagreement(ours: Blob | None, theirs: Blob | None) -> str:
    if ours == theirs:
        return ""
    if not ours or not theirs:
        return "is written by copier only" if theirs else "is assembled, but copier does not write it"
    return "has another mode than copier gives it" if ours.digest == theirs.digest else "has other bytes than copier's"


_opened: list[Template] = []
"""The worker's own."""


def _open(folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    _opened.append(Template.open(folder, origin=str(folder)))
