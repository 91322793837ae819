"""TOML and YAML files of which a run rarely needs all: they hold one entry for nearly every option.

An entry counts for a run if a Python module that the run opened names it, or any other file that names the table's file
too: what a module has read it hands on, a script reads for itself. All other entries of the file count always.
"""

from __future__ import annotations

import ast
import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import yaml

ABSENT = ""
"""Stands for an entry that a file lacks."""

NARROWED: Mapping[str, tuple[str, ...]] = {
    # Whoever wants an entry of these says so by its own name: `settings.jobs`, `load_product().domain`.
    "product.toml": ("adapters", "product"),
    # pytest and ruff read other tables; who wants these must name the table.
    "pyproject.toml": ("dependency-groups", "project"),
    # What the provider promises matters to whoever holds it against one, and names the promise.
    "contracts/auth.yaml": ("provider",),
}
_BY_TABLE = {"pyproject.toml"}
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]*")


def entries(path: str, content: bytes) -> dict[str, str]:
    """``table.key`` → value as JSON, two levels deep."""
    text = content.decode()
    document = tomllib.loads(text) if path.endswith(".toml") else yaml.safe_load(text)
    return dict(_entries(document))


def needed(path: str, content: bytes, opened: Iterable[tuple[str, bytes]]) -> list[str]:
    """The entries of file ``path`` that matter to a run which opened these (path, content)."""
    named: set[str] = set()
    for other, text in opened:
        if other in NARROWED:
            continue
        if other.endswith(".py"):
            named |= names(text)
        elif posixpath.basename(path).encode() in text:
            named |= words(text)
    narrow = NARROWED[path]
    return [entry for entry in entries(path, content) if _matters(entry, path in _BY_TABLE, narrow, named)]


def _matters(entry: str, by_table: object, narrow: tuple[str, ...], named: set[str]) -> bool:
    table, _, key = entry.partition(".")
    return table not in narrow or (table if by_table else key) in named


@cache
def names(source: bytes) -> frozenset[str]:
    """The attributes and the strings in a Python module, where entries of a file are named."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return words(source)
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return frozenset(attributes | texts)


@cache
def words(source: bytes) -> frozenset[str]:
    """Every word of a text."""
    return frozenset(word.decode() for word in _WORD.findall(source))


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for table, content in document.items():
        if isinstance(content, dict):
            for key, value in content.items():
                yield f"{table}.{key}", json.dumps(value, sort_keys=True)
        else:
            yield table, json.dumps(content)
