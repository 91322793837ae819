"""Same answers, same bytes: whoever renders, wherever, whenever, with whichever Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uv

from airworthy import render

if TYPE_CHECKING:
    from tests.published import Published

ROOT = Path(__file__).resolve().parents[2]
PRINT_DIGEST = """
import sys
from pathlib import Path
from airworthy import render, source
print(render.plan(source.locate(Path(sys.argv[1])), {"preset": "startup"}).digest)
"""
OTHER_PLACES = [
    {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2", "PYTHONUTF8": "1"},
]


@pytest.fixture(scope="module")
def digest(published: Published) -> str:
    return render.plan(published.source(), {"preset": "startup"}).digest


def digest_by(python: str | Path, published: Published, **environment: str) -> str:
    """The digest that another interpreter gets."""
    settings = {**published.environment(), "PYTHONPATH": str(ROOT / "generator"), **environment}
    command = [python, "-c", PRINT_DIGEST, published.package]
    done = subprocess.run(command, env=settings, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# covers R-0105
def test_render_gives_the_same_bytes_twice_at_different_places(
    digest: str, published: Published, tmp_path: Path
) -> None:
    first = render.render(published.source(), {"preset": "startup"}, tmp_path / "one")
    second = render.render(published.source(), {"preset": "startup"}, tmp_path / "deep" / "er" / "two")

    assert first.digest == second.digest == digest


@pytest.mark.parametrize("environment", OTHER_PLACES, ids=lambda environment: environment["LC_ALL"])
def test_render_does_not_depend_on_locale_or_time_zone(
    digest: str, published: Published, environment: dict[str, str]
) -> None:
    assert digest_by(sys.executable, published, **environment) == digest


def test_render_does_not_depend_on_the_python_version(digest: str, published: Published, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    subprocess.run([uv.find_uv_bin(), "venv", "--quiet", "--python", another_python(), tmp_path], check=True)
    options: list[str | Path] = [
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "--requirement",
        ROOT / "requirements.lock",
    ]
    subprocess.run([uv.find_uv_bin(), "pip", "install", *options], check=True)

    assert digest_by(python, published) == digest


def another_python() -> str:
    """An interpreter of another version than ours; pyenv's, which uv does not look for, among them."""
    for version in ("3.14", "3.13", "3.12", "3.11"):
        if version != f"{sys.version_info.major}.{sys.version_info.minor}":
            pyenv = sorted((_pyenv() / "versions").glob(f"{version}.*/bin/python"))
            found = [str(path) for path in pyenv] or [shutil.which(f"python{version}") or ""]
            if found[0] and _is(version, found[0]):
                return found[0]
    pytest.skip("LOUD: only one version of Python is installed here, so no other was tried")


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _is(version: str, python: str) -> bool:
    """Whether it runs at all: pyenv's stand-ins for versions that are not there do not."""
    said = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.startswith(f"Python {version}.")
