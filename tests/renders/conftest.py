"""Renders are made once per run, in a folder that the workers share."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import RENDERS, REPORT, RUN_FOLDER
from tests.renders.neighbourhood import Files, Suite, components, suite
from tests.renders.selection import ROOT, Selection, selections

from airworthy import questions, render, source

SHARED_FOLDER = Path(os.environ[RUN_FOLDER]) / RENDERS


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the named lock among this run's workers."""
    SHARED_FOLDER.mkdir(parents=True, exist_ok=True)
    with (SHARED_FOLDER / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def folder(selection: Selection) -> Path:
    """Return the selection's repo, written by the first who asks."""
    destination = SHARED_FOLDER / selection.name
    with exclusive(selection.name):
        if not destination.exists():
            render.render(source.locate(), questions.load(ROOT).resolve(selection.answers), destination)
            subprocess.run(["git", "init", "--quiet"], cwd=destination, check=True)
    return destination


@cache
def files(selection: Selection) -> Files:
    """Return the rendered files by path."""
    base = folder(selection)
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(listing, cwd=base, check=True, capture_output=True).stdout.decode()
    return {path: (base / path).read_bytes() for path in sorted(listed.split("\0")) if path}


@cache
def distinct_suites() -> dict[Suite, list[Selection]]:
    """Return every distinct suite with the renders that contain it; a preset first where there is one."""
    found: dict[Suite, list[Selection]] = {}
    for selection in selections():
        for component in components(files(selection)):
            found.setdefault(suite(component, files(selection)), []).append(selection)
    contained = sum(len(where) for where in found.values())
    (SHARED_FOLDER / REPORT).write_text(
        f"renders: {len(selections())}, suites in them: {contained},"
        f" distinct suites run: {len(found)}, credited: {contained - len(found)}\n"
    )
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "selection" in metafunc.fixturenames:
        every = [s for s in selections() if s.is_preset or not metafunc.definition.get_closest_marker("presets")]
        metafunc.parametrize("selection", every, ids=lambda s: s.name)
    if "lone_suite" in metafunc.fixturenames:
        lone = [(s, where[0]) for s, where in distinct_suites().items() if not where[0].is_preset]
        metafunc.parametrize("lone_suite", lone, ids=[f"{s.component}@{where.name}" for s, where in lone])
