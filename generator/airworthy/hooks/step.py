"""What a step did, and how steps call programs."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

# A hook or a rebase of another repo may have started us: its repo is not the one to work on.
_INHERITED = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


@dataclass(frozen=True)
class Step:
    """The name of a step, whether it worked, and one sentence."""

    name: str
    status: Literal["done", "skipped", "failed"]
    message: str


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program in `folder`, never asking anything; a missing program gives exit code 127."""
    environment = {name: value for name, value in os.environ.items() if name not in _INHERITED}
    environment["GIT_TERMINAL_PROMPT"] = "0"
    try:
        return subprocess.run(  # noqa: S603 - the words are ours, no shell is involved
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        return subprocess.CompletedProcess(words, 127, "", str(error))


def complaint(process: subprocess.CompletedProcess[str]) -> str:
    """The last line that a program wrote, without a full stop."""
    lines = (process.stderr.strip() or process.stdout.strip()).splitlines()
    return lines[-1].rstrip(".") if lines else f"exit code {process.returncode}"
