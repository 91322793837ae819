"""What the delivery tests share: the repository, its tools, and commands that only keep a log."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
FakeCommand = Callable[[str, str], None]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return Path(__file__).parents[2]


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder that comes first on PATH; `calls.log` in it is what was called."""
    folder = tmp_path / "commands"
    folder.mkdir()
    return folder


@pytest.fixture
def fake_command(commands: Path) -> FakeCommand:
    """Put a shell script where a command is expected; each call is written to calls.log first."""

    def write(name: str, body: str) -> None:
        path = commands / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> "{commands}/calls.log"\n{body}\n')
        path.chmod(0o755)

    return write


@pytest.fixture
def run(commands: Path) -> Run:
    """Run a program with the fake commands on PATH; the exit code is the caller's to judge."""

    def call(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **(env or {}), "PATH": f"{commands}:{os.environ['PATH']}"}
        return subprocess.run(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def lint(run: Run) -> Run:
    """Run a tool of the development environment."""

    def call(name: str, *arguments: str | Path, cwd: Path | None = None) -> Any:
        return run(Path(sys.executable).parent / name, *arguments, cwd=cwd)

    return call


@pytest.fixture
def untidy(root: Path, lint: Run) -> Callable[..., list[str]]:
    """Say what is wrong with the scripts and the YAML among these files and below these folders."""

    def look(*paths: str | Path) -> list[str]:
        given = [root / path for path in paths]
        scripts, documents = _files(given, ".sh"), _files(given, ".yaml", ".yml")
        assert scripts or documents, paths
        # What .yamllint.yaml ignores, it names from the root.
        relative = [os.path.relpath(document, root) for document in documents]
        results = [lint("shellcheck", *scripts)] if scripts else []
        results += [lint("yamllint", "--strict", *relative, cwd=root)] if relative else []
        found = [f"{r.args[0]}: {r.stdout}{r.stderr}" for r in results if r.returncode]
        return [*found, *(fault for script in scripts for fault in _dangers(script))]

    return look


def _files(paths: Iterable[Path], *suffixes: str) -> list[Path]:
    found = [
        file
        for path in paths
        for suffix in suffixes
        for file in (path.rglob(f"*{suffix}") if path.is_dir() else [path])
        if file.suffix == suffix
    ]
    return sorted(found)


def _dangers(script: Path) -> Iterator[str]:
    text = script.read_text()
    if "set -eu" not in text and "exec " not in text:
        yield f"{script} goes on after a fault"
    if not script.stat().st_mode & 0o111:
        yield f"{script} can't be executed"
