"""Runs a check over several files at once, for each distinct set of their contents."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import lockfile
from matrix import results
from matrix.checks import lockfiles
from matrix.facts import Problem

if TYPE_CHECKING:
    from matrix.blobs import Blob, Blobs
    from matrix.results import Results

Versions = Mapping[str, Mapping[str, int]]
"""Path → digest → the combinations that hold it."""


def problems(
    held: Mapping[tuple[str, Blob], int], within: int, blobs: Blobs, known: Results
) -> Iterator[tuple[Problem, int]]:
    """What is wrong between files, with the combinations that show it."""
    versions: dict[str, dict[str, int]] = {}
    for (path, blob), combinations in held.items():
        versions.setdefault(path, {})[blob.digest] = combinations
    code = results.version([lockfiles, lockfile])

    def read(path: str) -> str:
        return blobs.read(next(iter(versions[path]))).decode("utf-8")

    for number, (paths, check) in enumerate(lockfiles.subjects(set(versions), read)):
        for digests, combinations in _distinct(paths, versions, within):
            key = results.key(code, str(number), *(f"{path} {digest}" for path, digest in digests.items()))
            found = known.get(key)
            if found is None:
                texts = {path: blobs.read(digest).decode("utf-8") for path, digest in digests.items()}
                found = [list(problem) for problem in _run(check, texts)]
                known.put(key, found)
            yield from ((Problem(*values), combinations) for values in found)


def _run(check: lockfiles.Check, texts: dict[str, str]) -> list[Problem]:
    try:
        return list(check(texts))
    except lockfile.LockError as error:
        return [Problem("lockfiles", max(texts), str(error))]
    except (tomllib.TOMLDecodeError, ValueError):
        return []  # reported by itself


def _distinct(paths: lockfiles.Paths, versions: Versions, within: int) -> Iterator[tuple[dict[str, str], int]]:
    """Each set of contents that some combination has at `paths`, with these combinations."""
    found: list[tuple[dict[str, str], int]] = [({}, within)]
    for path in paths:
        held = dict(versions.get(path, {}))
        absent = within
        for combinations in held.values():
            absent &= ~combinations
        parts = [*((digest, combinations) for digest, combinations in held.items()), ("", absent)]
        found = [
            ({**digests, path: digest} if digest else digests, both)
            for digests, combinations in found
            for digest, there in parts
            if (both := combinations & there)
        ]
    yield from found
