"""Imports of third-party modules that only some combinations pin: whoever imports one must pin it too.

Which distribution brings a module is not written anywhere, but nearly all that options bring are called alike. A module
whose name no lockfile pins is left to the suites.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from packaging.utils import canonicalize_name

import lockfile
from matrix.checks import modules
from matrix.facts import Definition, Fact, Reference

LOCK = "requirements.lock"


def reads(path: str) -> bool:
    """Python files and lockfiles."""
    return path.endswith((".py", LOCK))


def facts(path: str, text: str) -> Iterator[Fact]:
    """A lockfile defines its pins; what a component is made of needs its own, everything else any."""
    component = path.split("/", 1)[0] if "/" in path else ""
    if path.endswith(LOCK):
        for name in _pinned(text, path):
            yield Definition(f"pin:{name}")
            yield Definition(f"pin:{component}:{name}")
        return
    is_source = path.startswith(f"{component}/src/")
    for line, module in modules.imported(ast.parse(text)):
        name = str(canonicalize_name(module.partition(".")[0]))
        target = f"pin:{component}:{name}" if is_source else f"pin:{name}"
        yield Reference(line, f"imports {module}, which is not pinned", (target,), f"pin:{name}")


def _pinned(text: str, path: str) -> list[str]:
    try:
        return sorted({str(canonicalize_name(entry.pin.name)) for entry in lockfile.parse(text, path)})
    except lockfile.LockError:
        return []  # `lockfiles` says so
