"""Environment variables: what settings read, .env.example explains, and nothing names in vain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from matrix.facts import Definition, Fact, Reference

EXAMPLE = ".env.example"
_LINE = re.compile(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=")
_NAME = re.compile(r"[A-Z][A-Z0-9_]+")
_SHELL = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)")
_SCRIPT = re.compile(r"\benv\.([A-Z][A-Z0-9_]+)|\benv\[\"([A-Z][A-Z0-9_]+)\"\]|\b([A-Z][A-Z0-9_]{3,})\b")
_REGISTRY = re.compile(r"\benv: ([A-Z][A-Z0-9_]+)")
_EMPTY = {"''", "SecretStr('')"}


def reads(path: str) -> bool:
    """.env.example, and the programs and files that read variables."""
    return (
        path == EXAMPLE
        or path.endswith((".py", ".sh", ".mjs", "compose.yaml", "settings.env"))
        or path.startswith(("infra/compose/", "models/"))
    )


def facts(path: str, text: str) -> Iterator[Fact]:
    """.env.example and settings.env refer to readers; a setting without a value refers to .env.example."""
    if path == EXAMPLE or path.endswith("settings.env"):
        yield from _explained(path, text)
    elif path.endswith(".py"):
        yield from _python(path, text)
    elif path.startswith("models/"):
        for number, line in enumerate(text.splitlines(), start=1):
            for name in _REGISTRY.findall(line):
                yield Definition(f"read:{name}")
                yield Reference(number, f"reads {name}, which {EXAMPLE} does not explain", (f"documented:{name}",))
    elif path.endswith(".mjs"):
        yield from (Definition(f"read:{name}") for name in sorted({n for m in _SCRIPT.findall(text) for n in m if n}))
    else:
        yield from (Definition(f"read:{name}") for name in sorted(set(_SHELL.findall(text))))


def _explained(path: str, text: str) -> Iterator[Fact]:
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _LINE.match(line):
            if path == EXAMPLE:
                yield Definition(f"documented:{match[1]}")
            yield Reference(number, f"names {match[1]}, which nothing reads", (f"read:{match[1]}",))


def _python(path: str, text: str) -> Iterator[Fact]:
    is_product = "/src/" in path
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and any("Settings" in ast.unparse(base) for base in node.bases):
            yield from _fields(node)
        elif isinstance(node, ast.Attribute) and is_product and ast.unparse(node.value).endswith("settings"):
            name = node.attr.upper()
            yield Reference(
                node.lineno, f"reads {name}, which {EXAMPLE} does not explain", (f"documented:{name}",), f"unset:{name}"
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield from [Definition(f"read:{node.value}")] if is_product else ()


def _fields(node: ast.ClassDef) -> Iterator[Fact]:
    annotated = (field for field in node.body if isinstance(field, ast.AnnAssign))
    for field in annotated:
        if not ast.unparse(field.annotation).startswith("ClassVar"):
            name = ast.unparse(field.target).upper()
            yield Definition(f"read:{name}")
            if _is_unset(field.value):
                yield Definition(f"unset:{name}")


def _is_unset(value: ast.expr | None) -> bool:
    """Whether the field has no default that is of use; an adapter's name has product.toml."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "Field":
        return any(keyword.arg == "default" and ast.unparse(keyword.value) in _EMPTY for keyword in value.keywords)
    return value is not None and ast.unparse(value) in _EMPTY
