"""Terraform: local modules and the files that they read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from matrix.facts import Fact, Reference

_SOURCE = re.compile(r"""^\s*source\s*=\s*"(\.{1,2}/[^"$]+)\"""")
_FILE = re.compile(r"""\$\{path\.module\}/([^"$]+)\"""")


def reads(path: str) -> bool:
    """Terraform's configuration."""
    return path.endswith((".tf", ".tftest.hcl"))


def facts(path: str, text: str) -> Iterator[Fact]:
    """A module is a folder; a file lies beside the configuration that reads it."""
    folder = posixpath.dirname(path)
    for number, line in enumerate(text.splitlines(), start=1):
        for name in _SOURCE.findall(line) + _FILE.findall(line):
            place = posixpath.normpath(posixpath.join(folder, name))
            yield Reference(number, f"reads {name}", (f"path:{place}",))
