"""What there is to run in generated repos: found by looking at their files, so a new suite needs no line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from matrix.combinations import Combination
    from matrix.suites.conditions import Grounds

Means = Literal["pytest", "mypy", "npm", "make"]
_ACROSS = "tests"
"""The folder of no component: what is in one of its folders is tried together, on what is started once."""


@dataclass(frozen=True, order=True)
class Task:
    """One suite of the smallest size that can be run alone.

    A test module, a folder of tests that share a running product, a component's types, a script of npm, or a command
    that the README of a generated repo names.
    """

    means: Means
    subject: str
    where: int
    """The combinations that contain it."""

    @property
    def name(self) -> str:
        """What reports and commands call it."""
        return f"{self.means}:{self.subject}"

    @property
    def is_command(self) -> bool:
        """Whether it is one of the README's, which take a whole machine and their preset's own folder."""
        return self.means == "make"

    @property
    def component(self) -> str:
        """The folder it belongs to."""
        return PurePosixPath(self.subject).parts[0]


def find(grounds: Grounds) -> list[Task]:
    """Every task of every combination, by name."""
    return sorted([*_modules(grounds), *_types(grounds), *_scripts(grounds)], key=lambda task: task.name)


def commands(presets: Iterable[Combination]) -> list[Task]:
    """What the README of a generated repo tells people to type, for the presets: it covers the installing too."""
    where = sum(1 << preset.index for preset in presets)
    return [Task("make", command, where) for command in ("check", "test")]


def _modules(grounds: Grounds) -> Iterator[Task]:
    together = set()
    for path in grounds.template.files:
        file = PurePosixPath(path)
        if not file.match("test_*.py") or "tests" not in file.parts[:-1]:
            continue
        if file.parts[0] == _ACROSS:
            together.add(str(file.parent))
        else:
            yield Task("pytest", path, grounds.where_file(path))
    for folder in together:
        yield Task("pytest", folder, grounds.folders[folder])


def _types(grounds: Grounds) -> Iterator[Task]:
    for path in grounds.template.files:
        folder, _, name = path.partition("/")
        if name == "pyproject.toml":
            yield Task("mypy", folder, grounds.where_file(path))


def _scripts(grounds: Grounds) -> Iterator[Task]:
    # The scripts that the generated Makefile calls in `make check` and `make test`.
    for script in ("check", "test", "pages"):
        yield Task("npm", f"ui/{script}", grounds.where_file("ui/package.json"))
