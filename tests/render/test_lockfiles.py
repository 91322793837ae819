"""What a rendered lockfile pins is what uv would pin for the rendered pyproject files: no more, no less."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import pytest
import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.selection import Selection, selections

import lockfile
from airworthy import questions, source

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template

    from airworthy.questions import Questionnaire

Files = dict[str, str]
UNREACHABLE = ("Could not connect", "dns error", "error sending request", "Network connectivity is disabled")


@cache
def texts() -> Files:
    """The template's pyproject files and lockfiles, unrendered."""
    root = source.locate().folder / "template"
    patterns = [f"{folder}{name}*" for folder in ("", "*/") for name in ("pyproject.toml", "requirements.lock")]
    paths = [path for pattern in patterns for path in root.glob(pattern) if path.suffix in {".toml", ".lock", ".jinja"}]
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def rendered(selection: Selection) -> Files:
    answers = questionnaire().resolve(dict(selection.answers))
    return {
        path.removesuffix(".jinja"): template(text).render(**answers) if path.endswith(".jinja") else text
        for path, text in texts().items()
    }


@cache
def questionnaire() -> Questionnaire:
    return questions.load(source.locate().folder)


@cache
def template(text: str) -> Template:
    return questionnaire().environment.from_string(text)


def needs(files: Files, folder: str, names: set[str]) -> set[str]:
    """The third-party requirements of a component and of those that it stands on."""
    document = tomllib.loads(files[f"{folder}pyproject.toml"])
    found: set[str] = set()
    for text in document.get("project", {}).get("dependencies", []):
        name = canonicalize_name(Requirement(text).name)
        found |= needs(files, f"{name}/", names) if name in names else {text}
    return found


def development(files: Files, names: set[str]) -> set[str]:
    groups = [
        tomllib.loads(text).get("dependency-groups", {}) for path, text in files.items() if path.endswith(".toml")
    ]
    listed = {text for group in groups for text in group.get("dev", [])}
    return {text for text in listed if canonicalize_name(Requirement(text).name) not in names}


def pinned(text: str, place: str) -> set[str]:
    return {canonicalize_name(entry.pin.name) for entry in lockfile.parse(text, place)}


@cache
def versions() -> list[str]:
    """Every version that some lockfile pins."""
    locks = {path: text for path, text in texts().items() if "requirements.lock" in path}
    pins = {entry.pin for path, text in locks.items() for entry in lockfile.parse(text, path)}
    return sorted(f"{pin.name}=={pin.version}" + (f" ; {pin.marker}" if pin.marker else "") for pin in pins)


@cache
def compiled(requirements: frozenset[str], folder: Path) -> set[str]:
    """The names that uv pins for `requirements`, held to the versions that we have."""
    (folder / "needs.in").write_text("\n".join(sorted(requirements)), encoding="utf-8")
    (folder / "constraints.txt").write_text("\n".join(versions()), encoding="utf-8")
    options = ["--quiet", "--universal", "--no-header", "--no-annotate", "--python-version", "3.11"]
    command = [uv.find_uv_bin(), "pip", "compile", *options, "--constraint", "constraints.txt", "needs.in"]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode and any(sign in done.stderr for sign in UNREACHABLE):
        pytest.skip("LOUD: no package index can be reached, so the lockfiles were not compared with uv's answer")
    assert done.returncode == 0, done.stderr
    return {canonicalize_name(line.split("==")[0]) for line in done.stdout.splitlines() if line}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compiled")


@pytest.mark.parametrize("selection", selections(), ids=lambda selection: selection.name)
def test_lockfiles_pin_what_uv_would(selection: Selection, scratch: Path) -> None:
    files = rendered(selection)
    folders = sorted(path.removesuffix("pyproject.toml") for path in files if path.endswith("/pyproject.toml"))
    names = {folder.rstrip("/") for folder in folders}

    for folder in ["", *folders]:
        lock = files[f"{folder}requirements.lock"]
        wanted = needs(files, folder, names) if folder else development(files, names)
        assert pinned(lock, folder) == compiled(frozenset(wanted), scratch), folder or "the workspace"


@pytest.mark.parametrize("selection", selections(), ids=lambda selection: selection.name)
def test_lockfiles_agree_on_every_version_and_hold_no_address(selection: Selection) -> None:
    seen: dict[str, str] = {}
    for path, text in rendered(selection).items():
        if path.endswith(".lock"):
            assert "://" not in text
            for entry in lockfile.parse(text, path):
                key = f"{entry.pin.name} {entry.pin.marker if entry.pin.marker.startswith('python') else ''}"
                assert seen.setdefault(key, entry.pin.version) == entry.pin.version, f"{path}: {key}"
