"""product.toml names adapters; code finds the module or the data of that name when it starts."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator

from matrix.facts import Definition, Fact, Reference, line_of

_PLACES = re.compile(r"[\w-]+/src/[\w/]+\.py|models/[\w.]+/[\w-]+\.yaml")


def reads(path: str) -> bool:
    """product.toml, and what it can name."""
    return path == "product.toml" or _PLACES.fullmatch(path) is not None


def facts(path: str, text: str) -> Iterator[Fact]:
    """An adapter is a file called as the choice, or a package; `none` needs none."""
    if path != "product.toml":
        place = posixpath.splitext(path)[0].removesuffix("/__init__")
        yield Definition(f"adapter:{posixpath.basename(place)}")
        return
    for port, name in tomllib.loads(text).get("adapters", {}).items():
        if name != "none":
            yield Reference(line_of(text, f"{port} ="), f"chooses {port} {name}", (f"adapter:{name}",))
