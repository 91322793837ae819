"""Commit what was written, so that everything a person does next shows as a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy.hooks.step import Step, call, complaint

if TYPE_CHECKING:
    from pathlib import Path

NAME = "first commit"
MESSAGE = "Start from Airworthy"
_BY_HAND = f'git add --all && git commit --message "{MESSAGE}"'


def run(folder: Path) -> Step:
    """Commit everything, if git knows who commits."""
    # Without useConfigOnly git invents a name from the machine's.
    known = call(folder, "git", "-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    if known.returncode != 0:
        advice = "set user.name and user.email with `git config --global`, then run"
        return Step(NAME, "skipped", f"git does not know you: {advice} `{_BY_HAND}`.")
    for words in (["add", "--all"], ["commit", "--quiet", "--no-verify", "--message", MESSAGE]):
        process = call(folder, "git", *words)
        if process.returncode != 0:
            return Step(NAME, "failed", f"nothing was committed: {complaint(process)}. Run `{_BY_HAND}`.")
    return Step(NAME, "done", f"everything committed as “{MESSAGE}”.")
