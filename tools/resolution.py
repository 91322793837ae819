"""Asks uv: one universal resolution for all options, then who reaches what within it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from uv import find_uv_bin

import lockfile

PYTHON = "3.11"


class ResolutionError(Exception):
    """uv found no answer; the message is uv's."""


def resolve(requirements: Iterable[str], preferred: str = "") -> str:
    """Pin `requirements` and all they stand on, for every platform; the pins in `preferred` stay where they can."""
    with tempfile.TemporaryDirectory(prefix="locks-") as name:
        folder = Path(name)
        (folder / "all.in").write_text("".join(f"{line}\n" for line in sorted(requirements)), encoding="utf-8")
        (folder / "all.lock").write_text(preferred, encoding="utf-8")
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--python-version", PYTHON]
        _uv(folder, "pip", "compile", *options, "all.in", "--output-file", "all.lock")
        return (folder / "all.lock").read_text(encoding="utf-8")


def reach(groups: Mapping[str, Iterable[str]], resolution: str) -> dict[str, list[lockfile.Pin]]:
    """For each group of requirements, the pins of `resolution` that it needs."""
    pins = [entry.pin for entry in lockfile.parse(resolution, "resolution")]
    names = {key: f"group-{number}" for number, key in enumerate(groups)}
    with tempfile.TemporaryDirectory(prefix="locks-") as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text(_project(groups, names, pins), encoding="utf-8")
        _uv(folder, "lock")
        return {key: _export(folder, group, pins) for key, group in names.items()}


def _export(folder: Path, group: str, pins: Iterable[lockfile.Pin]) -> list[lockfile.Pin]:
    """The pins of one group: which, and on which machines, says uv's lock; the hashes are the resolution's."""
    hashes = {f"{pin.name}=={pin.version}": pin.hashes for pin in pins}
    options = ["--frozen", "--no-emit-project", "--no-header", "--no-annotate", "--no-hashes", "--only-group", group]
    lines = [line.partition(" ; ") for line in _uv(folder, "export", *options).splitlines()]
    return [_pin(name, marker.strip(), hashes[name.strip()]) for name, _, marker in lines]


def _pin(text: str, marker: str, hashes: tuple[str, ...]) -> lockfile.Pin:
    name, _, version = text.strip().partition("==")
    return lockfile.Pin(name, version, marker, hashes)


def _project(groups: Mapping[str, Iterable[str]], names: Mapping[str, str], pins: Iterable[lockfile.Pin]) -> str:
    constraints = [f"{pin.name}=={pin.version}" + (f" ; {pin.marker}" if pin.marker else "") for pin in pins]
    lines = [
        "[project]",
        'name = "all-options"',
        'version = "0"',
        f'requires-python = ">={PYTHON}"',
        "[tool.uv]",
        "package = false",
        f"constraint-dependencies = {_array(constraints)}",
        "[dependency-groups]",
        *(f"{names[key]} = {_array(requirements)}" for key, requirements in groups.items()),
    ]
    return "\n".join(lines) + "\n"


def _array(texts: Iterable[str]) -> str:
    # A literal string: markers quote with either kind, so give both the kind that TOML's basic strings can hold.
    return "[" + ", ".join('"' + text.replace('"', "'") + '"' for text in sorted(texts)) + "]"


def _uv(folder: Path, *arguments: str) -> str:
    command = [find_uv_bin(), "--quiet", "--no-config", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise ResolutionError(done.stderr.strip())
    return done.stdout
