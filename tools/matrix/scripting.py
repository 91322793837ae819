"""Parses every distinct TypeScript and JavaScript file, those of earlier runs aside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matrix import results
from matrix.checks import typescript
from matrix.facts import Problem

if TYPE_CHECKING:
    from matrix.blobs import Blob, Blobs
    from matrix.results import Results
    from matrix.survey import Findings

_LOCK = "package-lock.json"


def parse(held: Mapping[tuple[str, Blob], int], blobs: Blobs, known: Results, tools: Path, findings: Findings) -> str:
    """Add what cannot be parsed to `findings`; why nothing could be told, or the empty string."""
    scripts = {item: combinations for item, combinations in held.items() if item[0].endswith(typescript.SUFFIXES)}
    version = results.version([typescript])
    keys = {item: results.key(version, item[0], item[1].digest) for item in scripts}
    found = {item: known.get(key) for item, key in keys.items()}
    fresh = [item for item, complaint in found.items() if complaint is None]
    if fresh:
        try:
            compiler = typescript.install(_lock(held, blobs), tools)
            texts = [(path, blobs.read(blob.digest).decode("utf-8")) for path, blob in fresh]
            complaints = typescript.complaints(texts, compiler)
        except typescript.MissingCompilerError as error:
            return f"{len(fresh)} TypeScript and JavaScript files were not parsed: {error}"
        for item, complaint in zip(fresh, complaints, strict=True):
            known.put(keys[item], complaint)
            found[item] = complaint
    for (path, blob), (reason, line) in found.items():
        if reason:
            findings.add(Problem("parsing", path, reason), scripts[path, blob], line)
    return ""


def _lock(held: Mapping[tuple[str, Blob], int], blobs: Blobs) -> str:
    """The first package-lock.json that pins the compiler."""
    texts = (blobs.read(blob.digest).decode("utf-8") for path, blob in held if path.rpartition("/")[2] == _LOCK)
    return next((text for text in texts if '"node_modules/typescript"' in text), "{}")
