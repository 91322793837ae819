"""What a run depended on, condition by condition, and the set of the combinations whose trees fulfil each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from fnmatch import translate
from functools import cache, cached_property, partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

from matrix.blobs import Blob
from matrix.projection import Projection
from matrix.suites import tables

if TYPE_CHECKING:
    from matrix.template import Template

Kind = Literal["content", "presence", "listing", "entry"]


class Condition(NamedTuple):
    """A tree fulfils it or does not.

    ``content``: the file holds this. ``presence``: there is a file, a folder or nothing. ``listing``: a pattern finds
    these. ``entry``: a table of a TOML file holds this.
    """

    kind: Kind
    place: str
    value: str


class Grounds:
    """Where each condition holds, worked out from the template without assembling a single tree."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.options = template.options
        self._contents: dict[str, dict[str, int]] = {}
        self._known: dict[Condition, int] = {}

    def where_all(self, conditions: Iterable[Condition]) -> int:
        """The combinations that fulfil every one."""
        found = self.options.all
        for condition in conditions:
            found &= self.where(condition)
            if not found:
                break
        return found

    def where(self, condition: Condition) -> int:
        """The combinations that fulfil it; none if the template no longer knows the content."""
        if condition not in self._known:
            work = {
                "content": lambda: self._content(condition.place).get(condition.value, 0),
                "presence": lambda: self._where_kind(condition.place, condition.value),
                "listing": lambda: self._where_found(condition.place, json.loads(condition.value)),
                "entry": lambda: self._entries(condition.place).get(condition.value, 0),
            }
            self._known[condition] = work[condition.kind]()
        return self._known[condition]

    def where_file(self, path: str) -> int:
        """The combinations that have the file."""
        return self._presence.get(path, 0)

    def found(self, root: str, pattern: str, tree: Iterable[str]) -> list[str]:
        """What the pattern finds below ``root`` in a tree: files, and folders that hold some."""
        matches = finder(root, pattern)
        paths = set(tree)
        return sorted(path for path in paths | parents(paths) if matches(path))

    @cached_property
    def folders(self) -> dict[str, int]:
        """Folder → the combinations that have it; the repo itself is ``""``."""
        found = {"": self.options.all}
        for path, where in self._presence.items():
            for parent in PurePosixPath(path).parents:
                name = "" if str(parent) == "." else str(parent)
                found[name] = found.get(name, 0) | where
        return found

    @cached_property
    def _presence(self) -> dict[str, int]:
        exclusions = self.template.exclusions
        found = {}
        for path in self.template.files:
            there = Projection(exclusions.names(path), partial(exclusions.is_there, path))
            found[path] = _union(
                self.options.where(answers) for answers, is_there in there.everywhere(self.options) if is_there
            )
        return found

    def _content(self, path: str) -> dict[str, int]:
        if path not in self._contents:
            found: dict[str, int] = {}
            if path in self._presence:
                for answers, blob in self.template.files[path].everywhere(self.options):
                    if isinstance(blob, Blob):
                        found[stamp(blob)] = found.get(stamp(blob), 0) | self.options.where(answers)
            self._contents[path] = {key: where & self._presence[path] for key, where in found.items()}
        return self._contents[path]

    def _where_kind(self, path: str, kind: str) -> int:
        file, folder = self._presence.get(path, 0), self.folders.get(path, 0)
        return {"file": file, "folder": folder}.get(kind, self.options.all & ~(file | folder))

    def _where_found(self, place: str, found: list[str]) -> int:
        root, _, pattern = place.rpartition("\t")
        matches, expected = finder(root, pattern), set(found)
        known: dict[str, int] = {**self._presence, **self.folders}
        if expected - known.keys():
            return 0
        where = self.options.all
        for path in (path for path in known if matches(path)):
            where &= known[path] if path in expected else self.options.all & ~known[path]
        return where

    def _entries(self, place: str) -> dict[str, int]:
        path, _, entry = place.partition("#")
        known: dict[str, int] = {}
        for key, where in self._content(path).items():
            text = self.template.blobs.read(key.partition(":")[0])
            value = tables.entries(path, text).get(entry, tables.ABSENT)
            known[value] = known.get(value, 0) | where
        return known


def stamp(blob: Blob) -> str:
    """A file's content and mode in one word."""
    return f"{blob.digest}:{blob.mode:o}"


def parents(paths: Iterable[str]) -> set[str]:
    """The folders that hold these files, the repo itself left out."""
    return {str(parent) for path in paths for parent in PurePosixPath(path).parents if str(parent) != "."}


@cache
def finder(root: str, pattern: str) -> Finder:
    """Tells whether a path is found by ``Path(root).glob(pattern)``; of ``**`` at the end, files are found too."""
    inside = f"{re.escape(root)}/" if root else ""
    segments = [part for part in pattern.split("/") if part not in {"", "."}]
    if segments[-1:] == ["**"]:
        segments.append("*")
    parts = [r"(?:[^/]+/)*" if part == "**" else f"{_segment(part)}/" for part in segments]
    return Finder(re.compile(inside + "".join(parts).removesuffix("/")))


class Finder(NamedTuple):
    """A pattern, compiled."""

    expression: re.Pattern[str]

    def __call__(self, path: str) -> bool:
        """Whether the pattern finds the path; the folder that it starts in is never found."""
        return bool(path) and self.expression.fullmatch(path) is not None


def _segment(part: str) -> str:
    expression = translate(part).removeprefix("(?s:").removesuffix(r")\Z")
    return expression.replace(".*", "[^/]*")


def _union(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found
