"""What a command line refers to: targets of make, modules to run, scripts of npm, paths of the repo."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matrix.facts import Reference

MADE = frozenset({".venv", ".data", "node_modules", "dist", "__pycache__", ".git"})
"""Folders that commands make: a path in them is no file of the template."""

_MAKE = re.compile(r"(?:^\s*|[;&|\"'`(@]\s*)make((?: +[a-z][\w-]*)+)")
_MODULE = re.compile(r"python3?\"?,? +\"?-m\"?,? +\"?([a-z_][\w.]*)")
_NPM = re.compile(r"npm --prefix ([\w./-]+) (?:run ([\w:-]+)|(test|start)\b)")
_PATH = re.compile(r"(?<![\w./$}:@{-])(?:\./)?(?>([\w.][\w.-]*(?:/[\w.*-]+)+)/?)(?![\w({])")
_GUARDED = re.compile(r"-[def] \"?([\w./-]+)")


def references(command: str, line: int = 1) -> Iterator[Reference]:
    """What `command`, which may have several lines, refers to; `line` is that of its first line."""
    for number, text in enumerate(command.splitlines(), start=line):
        yield from _in_line(text, number)


def paths(text: str, line: int = 1) -> Iterator[Reference]:
    """The paths of the repo in `text`: what begins with a folder that the template has."""
    for match in _PATH.finditer(text):
        path = match[1].split("*")[0].rstrip("./")
        # A drop-in folder is there once somebody has dropped something into it.
        if "/" in path and not path.endswith(".d") and not MADE.intersection(path.split("/")):
            yield Reference(line, f"names {path}", (f"path:{path}",), f"path:{path.split('/')[0]}")


def guarded(text: str) -> frozenset[str]:
    """The paths that a script tests for before it uses them."""
    return frozenset(_GUARDED.findall(text))


def _in_line(text: str, line: int) -> Iterator[Reference]:
    for match in _MAKE.finditer(text):
        yield from (Reference(line, f"runs make {target}", (f"make:{target}",)) for target in match[1].split())
    for match in _MODULE.finditer(text):
        name = match[1]
        known = f"package:{name.split('.')[0]}"
        yield Reference(line, f"runs python -m {name}", (f"runnable:{name}",), known)
    for match in _NPM.finditer(text):
        folder, script = match[1], match[2] or match[3]
        yield Reference(line, f"runs npm's {script} in {folder}", (f"npm:{folder}:{script}",), f"path:{folder}")
    yield from paths(text, line)
