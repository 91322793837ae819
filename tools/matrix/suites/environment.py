"""Installs what any combination needs into a bench, once: the pins of all combinations agree, so their union is one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import uv

from matrix.blobs import Blob

if TYPE_CHECKING:
    from matrix.suites.bench import Bench
    from matrix.template import Template

# What this process was given and a generated repo's own commands would not be.
_OURS = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
_PREFIXES = ("PYTEST_", "COV_", "COVERAGE_", "GIT_")


class InstallError(Exception):
    """The packages of the generated repos cannot be installed."""


def variables() -> dict[str, str]:
    """The environment that suites run in."""
    return {name: value for name, value in os.environ.items() if name not in _OURS and not name.startswith(_PREFIXES)}


class Environment:
    """The Python and npm packages of all combinations together."""

    def __init__(self, template: Template) -> None:
        self._template = template

    @property
    def digest(self) -> str:
        """Names all that is installed, the Python that runs it, and how we run it."""
        parts = [sys.version, *(digest for _, digest in self._locks()), *(digest for _, digest in self._npm_locks())]
        ours = sorted(Path(__file__).parent.rglob("*.py"))
        parts += [sha256(file.read_bytes()).hexdigest() for file in ours if file.parent.name == "inside"]
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def install(self, bench: Bench) -> Path:
        """Make the bench, which holds a tree, have those packages; its Python, which is ours if nothing is pinned."""
        if not self._locks():
            return Path(sys.executable)
        python = bench.folder / ".venv" / "bin" / "python"
        if _changed(bench.folder / ".venv" / "installed", self.digest):
            self._install(bench, python)
            (bench.folder / ".venv" / "installed").write_text(self.digest)
        for project, digest in self._npm_locks():
            stamp = bench.folder / project / "node_modules" / ".installed"
            if (bench.folder / project / "package.json").is_file() and _changed(stamp, digest):
                npm = ["npm", "--prefix", project, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
                _run(npm, bench.folder)
                stamp.parent.mkdir(exist_ok=True)
                stamp.write_text(digest)
        return python

    def _install(self, bench: Bench, python: Path) -> None:
        folder = bench.kept / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for name, digest in self._locks():
            files.append(folder / f"{name}-{digest[:16]}.txt")
            files[-1].write_bytes(self._template.blobs.read(digest))
        if not python.exists():
            _run([uv.find_uv_bin(), "venv", "--quiet", "--seed", "--python", sys.executable, ".venv"], bench.folder)
        pip, options = [uv.find_uv_bin(), "pip"], ["--quiet", "--python", str(python)]
        _run([*pip, "sync", *options, "--compile-bytecode", "--require-hashes", *map(str, files)], bench.folder)
        editable = [word for name in self._components() for word in ("--editable", f"./{name}")]
        _run([*pip, "install", *options, "--no-deps", "--no-build-isolation", *editable], bench.folder)

    def _locks(self) -> list[tuple[str, str]]:
        locks = self._contents("bootstrap.lock", "requirements.lock")
        return sorted((name, digest) for name, digest in locks if self._template.blobs.read(digest))

    def _npm_locks(self) -> list[tuple[str, str]]:
        return sorted(self._contents("package-lock.json"))

    def _contents(self, *names: str) -> Iterator[tuple[str, str]]:
        """(component, digest of each distinct content) of the files called so."""
        for path, file in self._template.files.items():
            if PurePosixPath(path).name in names and len(PurePosixPath(path).parts) <= len(("a", "b", "lock")):
                found = {blob.digest for _, blob in file.everywhere(self._template.options) if isinstance(blob, Blob)}
                parent = str(PurePosixPath(path).parent)
                for digest in sorted(found):
                    yield parent if names == ("package-lock.json",) else parent.replace("/", "-"), digest

    def _components(self) -> list[str]:
        paths = (PurePosixPath(path) for path in self._template.files)
        return sorted(path.parts[0] for path in paths if path.match("*/pyproject.toml") and len(path.parts) == 2)  # noqa: PLR2004


def _changed(stamp: Path, digest: str) -> bool:
    return not stamp.is_file() or stamp.read_text() != digest


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=variables(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InstallError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
