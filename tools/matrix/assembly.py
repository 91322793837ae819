"""Puts a tree together from parts: files that depend on the same options are looked up together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from matrix.blobs import Blob, Tree
from matrix.faults import Fault, RenderFaultError
from matrix.projection import Projection

if TYPE_CHECKING:
    from matrix.exclusion import Exclusions

Part = tuple[dict[str, Blob], dict[str, Fault]]
"""Path → file, and path → why it cannot be rendered."""


class Assembly:
    """One part for each set of options that some file depends on."""

    def __init__(self, files: Mapping[str, Projection[Blob | Fault]], exclusions: Exclusions) -> None:
        self._files = files
        self._exclusions = exclusions
        grouped: dict[frozenset[str], list[str]] = {}
        for path, file in files.items():
            grouped.setdefault(exclusions.names(path) | frozenset(file.names), []).append(path)
        self.parts = [self._part(names, paths) for names, paths in sorted(grouped.items(), key=_size)]
        """From the part that depends on nothing to the one that depends on most."""

    def tree(self, answers: Mapping[str, str]) -> Tree:
        """The files for `answers`, which need no more than the options; raises RenderFaultError."""
        files: dict[str, Blob] = {}
        for part in self.parts:
            found, faults = part(answers)
            if faults:
                raise RenderFaultError(next(iter(faults.values())))
            files.update(found)
        return MappingProxyType(files)

    def _part(self, names: frozenset[str], paths: list[str]) -> Projection[Part]:
        def work(answers: dict[str, str]) -> Part:
            there = {path: self._files[path](answers) for path in paths if self._exclusions.is_there(path, answers)}
            faults = {path: file for path, file in there.items() if isinstance(file, Fault)}
            return {path: file for path, file in there.items() if isinstance(file, Blob)}, faults

        return Projection(names, work)


def _size(group: tuple[frozenset[str], list[str]]) -> tuple[int, list[str]]:
    return len(group[0]), sorted(group[0])
