"""What one file says about others: what it defines, and what it refers to.

Names carry their kind: `path:docs/security.md`, `module:runtime.queues.kafka`, `service:gateway`, `make:test`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, TypeAlias


class Definition(NamedTuple):
    """Something that another file may refer to."""

    name: str


class Reference(NamedTuple):
    """Something that must be there: dangling unless one of `targets` is defined in the same tree."""

    line: int
    what: str
    """For people: `imports runtime.queues.kafka`."""
    targets: tuple[str, ...]
    if_known: str = ""
    """If given: it counts only if some combination defines this name; `yaml` is no module of ours."""


Fact: TypeAlias = Definition | Reference


class Reader(Protocol):
    """One kind of reference; a module of `matrix.checks`."""

    __name__: str

    def reads(self, path: str) -> bool:
        """Whether files of that path can hold such facts."""

    def facts(self, path: str, text: str) -> Iterator[Fact]:
        """The facts in one file; raises ValueError, SyntaxError or yaml.YAMLError if it cannot be parsed."""


class Problem(NamedTuple):
    """Something wrong with a file, in the same words for every combination that shows it."""

    check: str
    path: str
    text: str


def line_of(text: str, needle: str) -> int:
    """The first line that holds `needle`; 1 if none does."""
    at = text.find(needle)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
