"""Lockfiles match what they lock: every requirement pinned, within its limits, and at one version everywhere."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

import lockfile
from matrix.facts import Problem

PROJECT, LOCK = "pyproject.toml", "requirements.lock"
NODE, NODE_LOCK = "package.json", "package-lock.json"

Texts: TypeAlias = Mapping[str, str]
"""Path → content, of the files that are there."""
Paths: TypeAlias = Sequence[str]
Check: TypeAlias = Callable[[Texts], Iterator[Problem]]
Subject: TypeAlias = tuple[Paths, Check]
"""The paths that a check reads together, and the check."""


def subjects(paths: set[str], read: Callable[[str], str]) -> Iterator[Subject]:
    """One check per component, one for the workspace and one for all versions; `read` gives one version of a path."""
    projects = sorted(path for path in paths if path.endswith(PROJECT) and path.count("/") <= 1)
    names = {_name(read(path)): path for path in projects if "/" in path}
    for path in projects:
        folder = path.removesuffix(PROJECT)
        closure = sorted(_closure(path, names, read)) if folder else projects
        yield [*closure, folder + LOCK], _python(folder, frozenset(names))
    yield sorted(path for path in paths if path.endswith(LOCK)), _versions
    for path in sorted(paths):
        if path.rpartition("/")[2] == NODE_LOCK:
            yield [path, path.removesuffix(NODE_LOCK) + NODE], _node


def _closure(path: str, names: Mapping[str, str], read: Callable[[str], str]) -> set[str]:
    found, waiting = set(), [path]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += [names[name] for name in map(_distribution, _dependencies(read(here))) if name in names]
    return found


def _python(folder: str, members: frozenset[str]) -> Check:
    def check(texts: Texts) -> Iterator[Problem]:
        path = folder + LOCK
        if folder + PROJECT not in texts:
            return
        wanted = [
            text for each, content in texts.items() if each.endswith(PROJECT) for text in _wanted(content, folder)
        ]
        if path not in texts:
            yield Problem("lockfiles", folder + PROJECT, f"has no {path}")
            return
        pins = _pins(texts[path])
        for text in sorted(set(wanted)):
            name = _distribution(text)
            if name not in members:
                yield from (Problem("lockfiles", path, problem) for problem in _unmet(text, pins.get(name, ())))

    return check


def _unmet(text: str, versions: Sequence[str]) -> Iterator[str]:
    if not versions:
        yield f"does not pin {text}"
    for version in versions:
        if not Requirement(text).specifier.contains(version, prereleases=True):
            yield f"pins {version}, which {text} excludes"


def _versions(texts: Texts) -> Iterator[Problem]:
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for path, text in sorted(texts.items()):
        for name, marker, version in _entries(text):
            other, where = seen.setdefault((name, marker), (version, path))
            if other != version:
                yield Problem("lockfiles", path, f"pins {name} {version}, but {where} pins {other}")


def _node(texts: Texts) -> Iterator[Problem]:
    lock = next((path for path in texts if path.endswith(NODE_LOCK)), "")
    project = next((path for path in texts if path.endswith(NODE)), "")
    if not lock or not project:
        return
    wanted, locked = json.loads(texts[project]), json.loads(texts[lock])["packages"][""]
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        if wanted.get(kind, {}) != locked.get(kind, {}):
            yield Problem("lockfiles", lock, f"has other {kind} than {project}")


@cache
def _wanted(content: str, folder: str) -> list[str]:
    """A component's lock covers what it runs on; the workspace's, what people work with."""
    if folder:
        return _dependencies(content)
    return [
        text for text in tomllib.loads(content).get("dependency-groups", {}).get("dev", []) if isinstance(text, str)
    ]


def _dependencies(content: str) -> list[str]:
    try:
        return list(tomllib.loads(content).get("project", {}).get("dependencies", []))
    except tomllib.TOMLDecodeError:
        return []


def _name(content: str) -> str:
    try:
        return canonicalize_name(tomllib.loads(content).get("project", {}).get("name", ""))
    except tomllib.TOMLDecodeError:
        return ""


def _distribution(text: str) -> str:
    try:
        return canonicalize_name(Requirement(text).name)
    except InvalidRequirement:
        return text


@cache
def _entries(text: str) -> list[tuple[str, str, str]]:
    return [
        (canonicalize_name(entry.pin.name), entry.pin.marker, entry.pin.version) for entry in lockfile.parse(text, LOCK)
    ]


@cache
def _pins(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, _, version in _entries(text):
        found.setdefault(name, []).append(version)
    return found
