"""What happens to a repo after it is written: by this command line, never by copier.

Each step is a module with one `run(folder) -> Step`. A step never raises for what it could not do: it says so, and the
repo stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy.hooks import checks, commit, repository
from airworthy.hooks.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Step", "run"]

STEPS = (repository.run, commit.run, checks.run)


def run(folder: Path) -> Iterator[Step]:
    """Run every step in `folder`, the written repo, and tell of each as it ends; stops after one that did not work."""
    for step in STEPS:
        outcome = step(folder)
        yield outcome
        if step is repository.run and outcome.status != "done":
            return
