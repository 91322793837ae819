"""What each distinct file says and whether it can be parsed: worked out once per content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from matrix import checks, results
from matrix.checks import formats, parsing, scars
from matrix.facts import Definition, Fact, Reader, Reference

if TYPE_CHECKING:
    from matrix.blobs import Blobs
    from matrix.results import Results

_EVERY = {f"{reader.__name__}": reader for reader in checks.READERS}


class Inspection:
    """Reads files through every reader that cares for them."""

    def __init__(self, blobs: Blobs, known: Results) -> None:
        self._blobs = blobs
        self._results = known
        shared = [*checks.SHARED, formats]
        self._versions = {name: results.version([reader, *shared]) for name, reader in _EVERY.items()}
        self._alone = results.version([parsing, scars, formats])

    def facts(self, path: str, digest: str) -> Iterator[tuple[str, Fact]]:
        """Each fact in the file with the name of the check that it belongs to."""
        for name, reader in _EVERY.items():
            if reader.reads(path):
                check = name.rpartition(".")[2]
                yield from ((check, fact) for fact in self._read(name, reader, path, digest))

    def complaints(self, path: str, digest: str) -> Iterator[tuple[str, str, int]]:
        """What is wrong with the file by itself: the check, the problem, the line."""
        key = results.key(self._alone, path, digest)
        known = self._results.get(key)
        if known is None:
            content = self._blobs.read(digest)
            found = {"parsing": parsing.complaint(path, content), "scars": scars.complaint(content)}
            known = [[check, text, line] for check, (text, line) in found.items() if text]
            self._results.put(key, known)
        yield from ((check, text, line) for check, text, line in known)

    def _read(self, name: str, reader: Reader, path: str, digest: str) -> list[Fact]:
        key = results.key(self._versions[name], path, digest)
        known = self._results.get(key)
        if known is None:
            known = [list(fact) for fact in _facts(reader, path, self._blobs.read(digest))]
            self._results.put(key, known)
        return [_fact(values) for values in known]


def _facts(reader: Reader, path: str, content: bytes) -> list[Fact]:
    """None at all from a file that cannot be parsed: that is reported by itself."""
    try:
        return list(reader.facts(path, content.decode("utf-8")))
    except (SyntaxError, ValueError, yaml.YAMLError):
        return []
    except (AttributeError, KeyError, TypeError) as error:
        reason = f"has a shape that was not expected: {type(error).__name__}: {error}"
        return [Reference(1, reason, ("",))]


def _fact(values: list[Any]) -> Fact:
    if len(values) == 1:
        return Definition(*values)
    line, what, targets, if_known = values
    return Reference(line, what, tuple(targets), if_known)
