"""Imports of our own Python modules, and of the names in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from matrix.facts import Definition, Fact, Reference

_MODULE = re.compile(r"[\w-]+/src/(?P<name>.+?)(?P<package>/__init__)?\.py")
_MISSING = {"ImportError", "ModuleNotFoundError", "Exception"}


def reads(path: str) -> bool:
    """Python files."""
    return path.endswith(".py")


def facts(path: str, text: str) -> Iterator[Fact]:
    """A module defines itself and its top-level names; each import refers to one of both."""
    tree = ast.parse(text)
    match = _MODULE.fullmatch(path)
    name = match["name"].replace("/", ".") if match else ""
    if name:
        yield Definition(f"module:{name}")
        if match and not match["package"]:
            yield Definition(f"runnable:{name.removesuffix('.__main__')}")
        yield Definition(_package(name))
        yield from (Definition(f"name:{name}:{each}") for each in sorted(_names(tree.body)))
    package = name if match and match["package"] else name.rpartition(".")[0]
    yield from _imports(tree, package)


def _names(body: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for node in body:
        found |= _bound(node)
        for block in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found |= _names(getattr(node, block, []))
        for handler in getattr(node, "handlers", []):
            found |= _names(handler.body)
    return found


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement binds; `*` for a star import or a `__getattr__`, which may bind any."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name} | ({"*"} if node.name == "__getattr__" else set())
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    targets = ast.walk(node) if isinstance(node, ast.Assign | ast.AnnAssign | ast.For | ast.With) else iter(())
    alias = getattr(ast, "TypeAlias", None)
    named = {node.name.id} if alias and isinstance(node, alias) else set()
    return named | {each.id for each in targets if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines and names of absolute imports, those aside that may fail."""
    for node in _demanded(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def _demanded(tree: ast.Module) -> Iterator[ast.AST]:
    tolerated = {id(inner) for node in ast.walk(tree) if _tolerates(node) for inner in ast.walk(node)}
    return (node for node in ast.walk(tree) if id(node) not in tolerated)


def _imports(tree: ast.Module, package: str) -> Iterator[Reference]:
    for node in _demanded(tree):
        if isinstance(node, ast.Import):
            yield from (_module(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (source := _source(node, package)):
            yield from (_name(node.lineno, source, alias.name) for alias in node.names)


def _tolerates(node: ast.AST) -> bool:
    """A `try` that expects the module to be missing."""
    caught = [handler.type for handler in node.handlers] if isinstance(node, ast.Try) else []
    return any(isinstance(each, ast.Name) and each.id in _MISSING for kind in caught if kind for each in ast.walk(kind))


def _source(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    around = parts[: len(parts) - node.level + 1] if package else []
    return ".".join([*around, *([node.module] if node.module else [])]) if around else ""


def _module(line: int, name: str) -> Reference:
    return Reference(line, f"imports {name}", (f"module:{name}",), _package(name))


def _name(line: int, source: str, name: str) -> Reference:
    if name == "*":
        return _module(line, source)
    targets = (f"name:{source}:{name}", f"module:{source}.{name}", f"name:{source}:*")
    return Reference(line, f"imports {name} from {source}", targets, _package(source))


def _package(name: str) -> str:
    """The name of what everybody defines who defines a module of the same package."""
    return f"package:{name.partition('.')[0]}"
