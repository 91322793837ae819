"""Dockerfiles: stages, and the paths that they copy from the repo."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matrix.checks import commands
from matrix.facts import Definition, Fact, Reference

_STAGE = re.compile(r"^FROM (?P<base>\S+)(?: AS (?P<name>\S+))?", re.IGNORECASE)
_FROM = re.compile(r"--from=(\S+)")


def reads(path: str) -> bool:
    """Dockerfiles."""
    return path.endswith("Dockerfile")


def facts(path: str, text: str) -> Iterator[Fact]:
    """A stage is defined where it begins; what is copied is a path, or comes from a stage."""
    stages: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if (match := _STAGE.match(line)) and match["name"]:
            stages.add(match["name"])
            yield Definition(f"stage:{path}:{match['name']}")
        elif line.startswith(("COPY ", "ADD ")):
            yield from _copied(path, line, number)
        elif line.startswith("CMD "):
            yield from commands.references(line, number)


def _copied(path: str, line: str, number: int) -> Iterator[Reference]:
    if stage := _FROM.search(line):
        if stage[1][0] not in "$0123456789" and "/" not in stage[1]:
            yield Reference(number, f"copies from stage {stage[1]}", (f"stage:{path}:{stage[1]}",))
        return
    sources = [word for word in line.split()[1:-1] if not word.startswith("--")]
    for source in sources:
        name = source.split("*")[0].rstrip("/")
        if name and name != "." and "$" not in name:
            yield Reference(number, f"copies {source}", (f"path:{name}",))
