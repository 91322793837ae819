"""OpenAPI documents in a form in which two that mean the same are equal."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

OPENAPI = Path(__file__).parents[1] / "openapi"
_WORDS = {"title", "description", "summary"}
_METHODS = ("get", "put", "post", "delete", "patch")
Document = dict[str, Any]


@pytest.fixture
def contract() -> Document:
    return promised(OPENAPI)


def promised(folder: Path) -> Document:
    """Return all that the gateway promises: gateway.yaml, and any file with paths under /api."""
    whole: Document = yaml.safe_load((folder / "gateway.yaml").read_text(encoding="utf-8"))
    for file in sorted(folder.glob("*.yaml")):
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        if any(path.startswith("/api/") for path in document["paths"]):
            whole["paths"] |= document["paths"]
            for kind, entries in document.get("components", {}).items():
                whole["components"][kind] = whole["components"].get(kind, {}) | entries
    return whole


@pytest.fixture
def normalise() -> Callable[[Document], Document]:
    return operations


def operations(document: Document) -> Document:
    """Return ``{operationId: operation}`` with references resolved and words left out.

    Validation errors (422) are left out too: FastAPI adds them to every operation with input.
    """
    found: Document = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                shared = item.get("parameters", [])
                operation = {**item[method], "path": path, "method": method}
                operation["parameters"] = [*shared, *operation.get("parameters", [])]
                found[operation["operationId"]] = _plain(operation, document)
    return found


def _plain(node: Any, document: Document) -> Any:
    if isinstance(node, list):
        return [_plain(item, document) for item in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        return _plain(_resolve(node["$ref"], document), document)
    return {
        str(key): sorted(value)
        if key in ("required", "enum") and isinstance(value, list)
        else _plain(value, document)
        for key, value in node.items()
        if not _is_left_out(str(key), value)
    }


def _is_left_out(key: str, value: Any) -> bool:
    return (key in _WORDS and isinstance(value, str)) or key == "422"


def _resolve(reference: str, document: Document) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node
