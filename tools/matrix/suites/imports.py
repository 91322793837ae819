"""What a type checker sees of a component: its files, the modules that they import, whatever those import."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from matrix.suites import tables
from matrix.suites.conditions import Condition, stamp

if TYPE_CHECKING:
    from matrix.blobs import Tree
    from matrix.suites.conditions import Grounds

_MODULE = re.compile(r"[\w-]+/src/(.+?)(?:/__init__)?\.pyi?")
_SETTINGS = ("tool.mypy",)


def conditions(component: str, tree: Tree, grounds: Grounds) -> frozenset[Condition]:
    """All that mypy's verdict on ``component`` depends on."""
    modules = {match[1].replace("/", "."): path for path in tree if (match := _MODULE.fullmatch(path))}
    own = f"{component}\t**/*.py"
    found = {Condition("listing", own, json.dumps(grounds.found(component, "**/*.py", tree)))}
    found |= {Condition("entry", f"pyproject.toml#{entry}", _entry(entry, tree, grounds)) for entry in _SETTINGS}
    waiting = [path for path in tree if path.startswith(f"{component}/") and path.endswith(".py")]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        found.add(Condition("content", path, stamp(tree[path])))
        for name in _imports(grounds.template.blobs.read(tree[path].digest)):
            if name in modules:
                waiting.append(modules[name])
            else:
                found |= _missing(name, modules)
    return frozenset(found)


def _missing(name: str, modules: dict[str, str]) -> set[Condition]:
    """A submodule that a package might have in another tree."""
    package, _, last = name.rpartition(".")
    home = modules.get(package, "")
    if not home.endswith("/__init__.py"):
        return set()
    return {Condition("presence", f"{home.removesuffix('__init__.py')}{last}.py", "nothing")}


def _entry(entry: str, tree: Tree, grounds: Grounds) -> str:
    return tables.entries("pyproject.toml", grounds.template.blobs.read(tree["pyproject.toml"].digest)).get(
        entry, tables.ABSENT
    )


@cache
def _imports(source: bytes) -> frozenset[str]:
    """Name what the module imports, the packages around it included."""
    return frozenset(around for name in _imported(ast.parse(source)) for around in _with_packages(name))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[: count + 1]) for count in range(len(parts)))
