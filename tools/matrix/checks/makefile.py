"""Makefiles: targets, their prerequisites, and what their recipes run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matrix.checks import commands
from matrix.facts import Definition, Fact, Reference

_RULE = re.compile(r"^(?P<targets>[^\s:=#][^:=#]*?)\s*:(?!=)\s*(?P<needs>[^#=]*?)\s*(?:##.*)?$")
_EXPANSION = re.compile(r"\$\([^()]*(?:\([^()]*\)[^()]*)*\)")


def reads(path: str) -> bool:
    """Makefiles and what they include."""
    return path.rsplit("/", 1)[-1] == "Makefile" or path.endswith(".mk")


def facts(path: str, text: str) -> Iterator[Fact]:
    """A target defines itself; a prerequisite is a target or a file; a recipe runs commands."""
    folder = path.rpartition("/")[0]
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("\t"):
            yield from commands.references(line.replace("$(BIN)/", ""), number)
        elif match := _RULE.match(line):
            if match["targets"] != ".PHONY":
                yield from (Definition(f"make:{target}") for target in match["targets"].split())
            yield from _needed(folder, match["needs"], number)


def _needed(folder: str, needs: str, number: int) -> Iterator[Reference]:
    for need in _EXPANSION.sub(" ", needs).split():
        if "%" in need or "$" in need or need == "|":
            continue
        place = f"{folder}/{need}" if folder else need
        yield Reference(number, f"needs {need}", (f"make:{need}", f"path:{place}"))
