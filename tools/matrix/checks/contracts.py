"""Contracts and other data: `$ref` to files and inside them, and runbooks that alerts name."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any

from matrix.checks import formats
from matrix.facts import Fact, Reference, line_of

_PATHS = {"runbook", "schema", "registry", "policy"}


def reads(path: str) -> bool:
    """Contracts, and rules for alerts."""
    return path.startswith(("contracts/", "infra/observability/", "slo/")) and path.endswith((".json", ".yaml", ".yml"))


def facts(path: str, text: str) -> Iterator[Fact]:
    """A reference leads to a file, or to a place in the same document."""
    documents: list[Any] = [json.loads(text)] if path.endswith(".json") else formats.load(text)
    for document in documents:
        for key, value in _pairs(document):
            line = line_of(text, value)
            if key == "$ref" and value.startswith("#/"):
                if not _leads(document, value):
                    yield Reference(line, f"refers to {value}", (f"place:{path}{value}",))
            elif key == "$ref" and "://" not in value and value != "#":
                file = posixpath.normpath(posixpath.join(posixpath.dirname(path), value.split("#")[0]))
                yield Reference(line, f"refers to {value}", (f"path:{file}",))
            elif key in _PATHS and "/" in value and "://" not in value and " " not in value:
                yield Reference(line, f"names {value}", (f"path:{value}",), f"path:{value.split('/')[0]}")


def _pairs(value: Any) -> Iterator[tuple[str, str]]:
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from _pairs(each)
    if isinstance(value, dict):
        yield from ((key, each) for key, each in value.items() if isinstance(key, str) and isinstance(each, str))


def _leads(document: Any, pointer: str) -> bool:
    """RFC 6901."""
    for part in pointer[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True
