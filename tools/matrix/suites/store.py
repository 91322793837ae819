"""The runs that passed, on disk: a file each, written in one step, so that a killed run leaves only whole ones."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from matrix.suites.trace import Trace

_UNSAFE = re.compile(r"[^\w.-]+")


class Store:
    """Traces below a folder, apart for each ``setting``: whatever a run depends on besides the tree."""

    def __init__(self, folder: Path, setting: str) -> None:
        self._folder = folder / setting

    def add(self, trace: Trace) -> None:
        """Keep a run."""
        place = self._folder / _UNSAFE.sub("-", trace.task)
        place.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place, suffix=".part", delete=False) as draft:
            draft.write(trace.dump())
        os.replace(draft.name, place / f"{trace.name}.json")  # noqa: PTH105 - as atomic, and as readable

    def __iter__(self) -> Iterator[Trace]:
        for file in sorted(self._folder.glob("*/*.json")):
            try:
                yield Trace.parse(file.read_bytes())
            except (ValueError, KeyError, TypeError):
                file.unlink(missing_ok=True)

    def prune(self, keep: set[str]) -> None:
        """Forget the runs whose names are not in ``keep``, and what killed runs left half-written."""
        for file in self._folder.glob("*/*"):
            if file.stem not in keep:
                file.unlink(missing_ok=True)
