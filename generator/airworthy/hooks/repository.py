"""Make the folder a git repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy.hooks.step import Step, call, complaint

if TYPE_CHECKING:
    from pathlib import Path

NAME = "git"


def run(folder: Path) -> Step:
    """`git init` on branch main, unless the folder lies in somebody's repository already."""
    around = call(folder.parent, "git", "rev-parse", "--show-toplevel")
    if around.returncode == 0:
        return Step(NAME, "skipped", f"the folder is inside the repository {around.stdout.strip()}; commit it there.")
    made = call(folder, "git", "init", "--quiet", "--initial-branch", "main")
    if made.returncode != 0:
        return Step(NAME, "failed", f"no repository was made: {complaint(made)}. Run `git init` yourself.")
    return Step(NAME, "done", "repository made, on branch main.")
