"""What the delivery tests share: the repository, its tools, and commands that only keep a log."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
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
