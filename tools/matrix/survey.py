"""Which combinations hold which files, and what is wrong in which: with sets instead of loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from matrix.facts import Definition, Problem, Reference

if TYPE_CHECKING:
    from matrix.blobs import Blob
    from matrix.inspection import Inspection
    from matrix.template import Template

_STEP = 256
Progress: TypeAlias = Callable[[int, int], object]


@dataclass
class Findings:
    """Problem → the set of combinations that show it, and where to look."""

    combinations: dict[Problem, int] = field(default_factory=dict)
    lines: dict[Problem, int] = field(default_factory=dict)

    def add(self, problem: Problem, combinations: int, line: int = 0) -> None:
        """Say that `combinations`, which may be none, show `problem`."""
        if combinations:
            self.combinations[problem] = self.combinations.get(problem, 0) | combinations
            self.lines.setdefault(problem, line)


Occurrences = Mapping[tuple[str, "Blob"], int]
"""Path and file → the combinations that hold exactly that."""


def occurrences(template: Template, within: int, findings: Findings) -> dict[tuple[str, Blob], int]:
    """Every distinct file of the combinations in the set `within`; what cannot be rendered goes to `findings`."""
    found: dict[tuple[str, Blob], int] = {}
    for part in template.assembly.parts:
        for answers, (files, faults) in part.everywhere(template.options):
            combinations = template.options.where(answers) & within
            if combinations:
                for item in files.items():
                    found[item] = found.get(item, 0) | combinations
                for path, fault in faults.items():
                    findings.add(Problem("rendering", path, fault.reason), combinations)
    return found


def inspect(held: Occurrences, inspection: Inspection, findings: Findings, progress: Progress | None = None) -> None:
    """Look at each distinct file once: does it parse, and is everything there that it refers to?"""
    defined = dict(_places(held))
    references: list[tuple[str, str, int, Reference]] = []
    for number, ((path, blob), combinations) in enumerate(held.items()):
        if progress and not number % _STEP:
            progress(number, len(held))
        for check, text, line in inspection.complaints(path, blob.digest):
            findings.add(Problem(check, path, text), combinations, line)
        for check, fact in inspection.facts(path, blob.digest):
            if isinstance(fact, Definition):
                defined[fact.name] = defined.get(fact.name, 0) | combinations
            else:
                references.append((check, path, combinations, fact))
    for check, path, combinations, reference in references:
        if not reference.if_known or defined.get(reference.if_known):
            there = reduce(or_, (defined.get(target, 0) for target in reference.targets), 0)
            findings.add(Problem(check, path, reference.what), combinations & ~there, reference.line)


def _places(held: Occurrences) -> Iterator[tuple[str, int]]:
    """Every path and every folder defines itself."""
    found: dict[str, int] = {}
    for (path, _), combinations in held.items():
        found[path] = found.get(path, 0) | combinations
    folders: dict[str, int] = {}
    for path, combinations in found.items():
        for folder in PurePosixPath(path).parents:
            folders[str(folder)] = folders.get(str(folder), 0) | combinations
    return ((f"path:{place}", combinations) for place, combinations in (folders | found).items())


def components(held: Occurrences, within: int) -> dict[str, int]:
    """Each folder with a project of its own → how many different contents it has over all combinations."""
    projects = {path.split("/")[0] for path, _ in held if path.endswith(("/pyproject.toml", "/package.json"))}
    sets: dict[str, set[int]] = {folder: set() for folder in projects}
    for (path, _), combinations in held.items():
        if "/" in path and (folder := path.split("/")[0]) in projects:
            sets[folder].add(combinations & within)
    return {folder: len(_parts(within, found)) for folder, found in sorted(sets.items())}


def _parts(within: int, sets: set[int]) -> list[int]:
    """`within` in the largest parts of which each lies in or outside of every one of `sets`."""
    parts = [within]
    for each in sets:
        parts = [both for part in parts for both in (part & each, part & ~each) if both]
    return parts
