"""What a run of `airworthy new` says: to people, or as JSON to programs."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from airworthy import command, difference, hooks, preview, terminal
from airworthy.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airworthy.hooks import Step
    from airworthy.manifest import Manifest
    from airworthy.organisation import Organisation
    from airworthy.questions import Answers
    from airworthy.render import Rendered
    from airworthy.source import Source

NEXT = {
    "make dev": "the whole product in the browser: no Docker, no API key",
    "make test": "every suite",
}
_MARKS = {"done": ("✓", "green"), "skipped": ("○", "yellow"), "failed": ("✗", "red")}


@dataclass(frozen=True)
class Outcome:
    """All that was decided before anything is written."""

    source: Source
    manifest: Manifest
    organisation: Organisation
    answers: Answers
    folder: Path
    git: bool

    @property
    def command(self) -> str:
        """The command that would do the same without a question."""
        questionnaire = self.manifest.questionnaire
        return command.equivalent(self.folder, questionnaire, self.answers, self.organisation, git=self.git)


def watch(outcome: Outcome, work: Callable[[Callable[[int, int], None]], Rendered]) -> Rendered:
    """Do the writing under a progress line."""
    total = len(outcome.manifest.files_for(outcome.answers))
    with Progress("Writing", sys.stderr) as progress:
        # The manifest knows the exact number; the writer only how many there can be.
        return work(lambda done, _: progress(done, total))


def follow(outcome: Outcome) -> list[Step]:
    """Run the steps after the writing, and say what each did."""
    steps = []
    for step in hooks.run(outcome.folder) if outcome.git else ():
        mark = terminal.paint(_MARKS[step.status][0], _MARKS[step.status][1], stream=sys.stderr)
        terminal.write(f"  {mark} {step.name}: {step.message}", stream=sys.stderr)
        steps.append(step)
    return steps


def written(outcome: Outcome, rendered: Rendered, steps: list[Step], *, as_json: bool) -> None:
    """Say that the repo is there, what to do next, and how to do the same again."""
    if as_json:
        _dump({**_written(outcome, rendered), "steps": [asdict(step) for step in steps]})
        return
    total = f"{terminal.count(len(rendered.files), 'file')}, {terminal.size(sum(file.size for file in rendered.files))}"
    name = terminal.paint(outcome.answers["project_name"], "bold")
    terminal.write(f"\n{terminal.paint('✓', 'green')} {name} is ready in {outcome.folder} ({total})\n")
    terminal.write(f"  cd {shlex.quote(str(outcome.folder))}")
    for words, meaning in NEXT.items():
        terminal.write(f"  {words:<10} {terminal.paint(f'# {meaning}', 'dim')}")
    terminal.write(f"\nThe same again, without a question:\n\n  {outcome.command}")


def previewed(outcome: Outcome, plan: Rendered, *, as_json: bool) -> None:
    """Say what would be written."""
    if as_json:
        brought = preview.brought_by_answers(outcome.manifest, outcome.answers)
        _dump({**_written(outcome, plan), "brought_by": {name: sorted(files) for name, files in brought.items()}})
        return
    preview.show(str(outcome.folder), plan.files, outcome.manifest, outcome.answers)
    terminal.write("\nNothing was written.")


def differing(outcome: Outcome, plan: Rendered, *, as_json: bool) -> None:
    """Say how the folder differs from what would be written."""
    found = difference.compare(outcome.folder, plan.contents)
    if as_json:
        _dump({"destination": str(outcome.folder), **asdict(found)})
        return
    difference.show(found)


def _written(outcome: Outcome, rendered: Rendered) -> dict[str, Any]:
    return {
        **_decided(outcome),
        "files": [asdict(file) for file in rendered.files],
        "bytes": sum(file.size for file in rendered.files),
        "commit": rendered.commit,
        "digest": rendered.digest,
    }


def _decided(outcome: Outcome) -> dict[str, Any]:
    return {
        "destination": str(outcome.folder),
        "template": outcome.source.describe,
        "answers": outcome.answers,
        "command": outcome.command,
    }


def _dump(document: dict[str, Any]) -> None:
    terminal.write(json.dumps(document, indent=2, ensure_ascii=False))
