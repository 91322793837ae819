"""One run of one task, and what it depended on: credited to every combination that fulfils all conditions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from matrix.suites import tables
from matrix.suites.conditions import Condition, parents, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from matrix.blobs import Tree
    from matrix.suites.conditions import Grounds
    from matrix.suites.notes import Notes

# Folders that tools make: what they hold follows from what the repo holds.
MADE = frozenset(
    {".data", ".git", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv", "dist", "node_modules"}
)


@dataclass(frozen=True)
class Trace:
    """A run that passed."""

    task: str
    seconds: float
    ran_on: Mapping[str, str]
    """The options' answers."""
    conditions: frozenset[Condition]

    def dump(self) -> bytes:
        """As JSON; the same conditions give the same name."""
        facts = {"task": self.task, "seconds": round(self.seconds, 2), "ran_on": dict(self.ran_on)}
        return json.dumps({**facts, "conditions": sorted(self.conditions)}).encode()

    @property
    def name(self) -> str:
        """What the cache calls it."""
        return sha256(json.dumps([self.task, sorted(self.conditions)]).encode()).hexdigest()

    @classmethod
    def parse(cls, content: bytes) -> Trace:
        """Undo ``dump``; raises ValueError, KeyError or TypeError for anything else."""
        facts: dict[str, Any] = json.loads(content)
        conditions = frozenset(Condition(*condition) for condition in facts["conditions"])
        return cls(facts["task"], float(facts["seconds"]), dict(facts["ran_on"]), conditions)


def conditions(notes: Notes, tree: Tree, grounds: Grounds) -> frozenset[Condition]:
    """Everything that ``tree`` had to offer to the run, and that another tree must have to be like it."""
    own, every = _sources(notes.opened), _sources(notes.heard | notes.opened)
    opened = {path for path in every if path in tree}
    foreign = every - own  # in that order: Python writes what it compiled, which nobody notes as read
    found = {*_contents(opened, notes.entries, tree, grounds)}
    found |= {*_listings({*notes.listed, *_listed_by_others(notes, foreign)}, tree, grounds)}
    folders = parents(tree)
    for path in (*notes.looked, *own):
        if path not in opened and not _is_made(path):
            kind = "file" if path in tree else "folder" if path in folders else "nothing"
            found.add(Condition("presence", path, kind))
    return frozenset(found)


def _listed_by_others(notes: Notes, foreign: set[str]) -> set[tuple[str, str]]:
    """Folders that a program in another language opened, or may have: those which Python walked through too."""
    own = notes.walked | notes.opened | {folder for folder, pattern in notes.listed if pattern == "*"}
    doubtful = notes.folders & {_parent(path) for path in foreign}
    return {(folder, "*") for folder in (notes.folders - own) | doubtful}


def _contents(
    opened: set[str], asked: Mapping[str, frozenset[str]], tree: Tree, grounds: Grounds
) -> Iterable[Condition]:
    read = grounds.template.blobs.read
    for path in opened:
        if path not in tables.NARROWED:
            yield Condition("content", path, stamp(tree[path]))
            continue
        content = read(tree[path].digest)
        known = tables.entries(path, content)
        for entry in tables.needed(path, content, ((other, read(tree[other].digest)) for other in opened)):
            if path in asked and not {entry, entry.partition(".")[0], ""} & asked[path]:
                continue
            yield Condition("entry", f"{path}#{entry}", known[entry])


def _listings(listed: set[tuple[str, str]], tree: Tree, grounds: Grounds) -> Iterable[Condition]:
    for root, pattern in listed:
        if not _is_made(root):
            yield Condition("listing", f"{root}\t{pattern}", json.dumps(grounds.found(root, pattern, tree)))


def _sources(paths: Iterable[str]) -> set[str]:
    """The paths with compiled modules replaced by what they were compiled from."""
    return {_source(path) for path in paths if not _is_made(path)}


def _source(path: str) -> str:
    file = PurePosixPath(path)
    if file.parent.name != "__pycache__":
        return path
    return str(file.parent.parent / f"{file.name.partition('.')[0]}.py")


def _is_made(path: str) -> bool:
    return not MADE.isdisjoint(PurePosixPath(path).parts) or path.endswith(".egg-info")


def _parent(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent
