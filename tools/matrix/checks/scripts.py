"""Imports of our own TypeScript and JavaScript modules, and npm's scripts."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from matrix.checks.commands import MADE
from matrix.facts import Definition, Fact, Reference

ALIASES = {"@/": "ui/src/", "@contracts/": "contracts/typescript/"}
"""As `paths` in ui/tsconfig.json has them."""

_SUFFIXES = (".ts", ".tsx", ".d.ts", ".js", ".mjs", ".jsx")
_ENDINGS = ("", *_SUFFIXES, "/index.ts", "/index.tsx", "/index.js")
_IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\(|\bvi\.mock\()\s*["']([^"'\n]+)["']""")


def reads(path: str) -> bool:
    """TypeScript, JavaScript and package.json."""
    return path.endswith(_SUFFIXES) or path.endswith("package.json")


def facts(path: str, text: str) -> Iterator[Fact]:
    """package.json defines scripts; every relative or aliased import refers to a file."""
    folder = posixpath.dirname(path)
    if path.endswith("package.json"):
        yield from (Definition(f"npm:{folder}:{name}") for name in json.loads(text).get("scripts", {}))
        return
    for number, line in enumerate(text.splitlines(), start=1):
        for name in _IMPORT.findall(line):
            target = _target(folder, name.split("?")[0])
            if target and not MADE.intersection(target.split("/")):
                yield Reference(number, f"imports {name}", tuple(f"path:{target}{ending}" for ending in _ENDINGS))


def _target(folder: str, name: str) -> str:
    if name.startswith("."):
        return posixpath.normpath(posixpath.join(folder, name))
    return next((name.replace(alias, place, 1) for alias, place in ALIASES.items() if name.startswith(alias)), "")
