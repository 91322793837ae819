"""Install the checks that run before each commit."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from airworthy.hooks.step import Step, call, complaint

if TYPE_CHECKING:
    from pathlib import Path

NAME = "pre-commit"


def run(folder: Path) -> Step:
    """`pre-commit install`, where pre-commit (or prek, its twin) is installed."""
    if not (folder / ".pre-commit-config.yaml").is_file():
        return Step(NAME, "skipped", "the repo configures no checks.")
    program = shutil.which("pre-commit") or shutil.which("prek")
    if program is None:
        advice = "run `uv tool install pre-commit`, then `pre-commit install` in the repo"
        return Step(NAME, "skipped", f"pre-commit is not installed: {advice}.")
    process = call(folder, program, "install")
    if process.returncode != 0:
        return Step(NAME, "failed", f"the checks are not installed: {complaint(process)}. Run `pre-commit install`.")
    return Step(NAME, "done", "checks installed; they run before each commit.")
