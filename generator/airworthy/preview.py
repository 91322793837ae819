"""What would be written, before anything is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from airworthy import manifest as manifests
from airworthy import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airworthy.manifest import Manifest

Branch = dict[str, "Branch | int"]
"""A folder: name → size of a file in bytes, or another folder."""


class Sized(Protocol):
    """A file that would be written: its path with forward slashes, its size in bytes."""

    @property
    def path(self) -> str: ...  # noqa: D102 - said above

    @property
    def size(self) -> int: ...  # noqa: D102 - said above


def show(folder: str, files: Iterable[Sized], manifest: Manifest, answers: Mapping[str, str]) -> None:
    """Print the tree with sizes, the total, and the files that each answer brings."""
    sizes = {file.path: file.size for file in files}
    terminal.write(terminal.paint(f"{folder}/", "bold"))
    for line in _branches(_grow(sizes)):
        terminal.write(line)
    terminal.write(f"\n{terminal.count(len(sizes), 'file')}, {terminal.size(sum(sizes.values()))}\n")
    terminal.write(terminal.paint("What each answer brings", "bold"))
    for name, brought in brought_by_answers(manifest, answers).items():
        terminal.write(_brought(f"{name}={answers[name]}", brought, frozenset(sizes)))


def brought_by_answers(manifest: Manifest, answers: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Option → the files that are there because of its answer."""
    names = [question.name for question in manifest.questionnaire if question.choices]
    brought = {name: manifest.brought_by(name, answers)[answers[name]] for name in names}
    shaping = [name for name in names if any(manifest.brought_by(name, answers).values())]
    return {name: brought[name] for name in shaping}


def _grow(sizes: Mapping[str, int]) -> Branch:
    root: Branch = {}
    for path, size in sorted(sizes.items()):
        *folders, name = PurePosixPath(path).parts
        branch = root
        for folder in folders:
            inner = branch.setdefault(folder, {})
            branch = inner if isinstance(inner, dict) else {}
        branch[name] = size
    return root


def _branches(branch: Branch, indent: str = "") -> Iterable[str]:
    """The lines of a folder's content: folders first, then files, each with its size at the right."""
    entries = sorted(branch.items(), key=lambda entry: (isinstance(entry[1], int), entry[0]))
    for number, (name, inner) in enumerate(entries, start=1):
        is_last = number == len(entries)
        twig = f"{indent}{'└── ' if is_last else '├── '}"
        if isinstance(inner, int):
            yield _line(twig + name, terminal.size(inner))
        else:
            yield _line(f"{twig}{name}/", "")
            yield from _branches(inner, indent + ("    " if is_last else "│   "))


def _line(name: str, size: str) -> str:
    columns = terminal.width(80)
    return f"{terminal.shorten(name, columns - 10):<{columns - 10}}{terminal.paint(f'{size:>9}', 'dim')}".rstrip()


def _brought(answer: str, brought: frozenset[str], tree: frozenset[str]) -> str:
    places = ", ".join(manifests.outline(brought, tree)) if brought else "no files of its own"
    return terminal.shorten(f"  {answer:<22}{terminal.count(len(brought), 'file'):>9}  {places}", terminal.width(1000))
