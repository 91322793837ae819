"""`airworthy new`: make a repo, by wizard or without a question."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from airworthy import answers, destination, manifest, organisation, report, source, terminal
from airworthy.arguments import Parser
from airworthy.errors import MissingGitError, UsageError
from airworthy.organisation import Organisation
from airworthy.questions import PRESET
from airworthy.report import Outcome

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from airworthy.answers import Given
    from airworthy.manifest import Manifest
    from airworthy.source import Source

EXAMPLES = """\
  airworthy new                                       the wizard
  airworthy new ../desk --preset startup              the wizard, starting from other defaults
  airworthy new ../desk --defaults                    no question at all
  airworthy new ../desk --defaults -d ui=none -d ci=gitlab
  airworthy new ../desk --answers-file answers.yml --org acme.yml --defaults
  airworthy new ../desk --defaults --dry-run          what would be written
  airworthy new ../desk --defaults --diff             how a folder differs from it
"""


def main(words: list[str], *, prog: str) -> int:
    """Run the verb; returns the exit code."""
    arguments = parser(prog).parse_args(words)
    if arguments.dry_run and arguments.diff:
        raise UsageError("--dry-run and --diff are two different previews.", "Give one of them.")
    template = source.locate()
    chart = manifest.load(template.folder, template.files)
    given = _given(arguments, chart)
    folder = destination.parse(arguments.destination) if arguments.destination else None
    _check(arguments, folder)
    outcome = _ask(arguments, template, chart, given, folder)
    return _carry_out(arguments, outcome)


def parser(prog: str) -> Parser:
    """What the verb takes."""
    new = Parser(prog, "Make a new product repo.", EXAMPLES)
    new.add_argument("destination", nargs="?", metavar="DEST", help="the folder to make (the wizard asks for it)")
    where = new.add_argument_group("answers, the later ones over the earlier")
    where.add_argument("--org", metavar="FILE", type=Path, help="an organisation's defaults and locked answers")
    where.add_argument("--answers-file", metavar="FILE", type=Path, help="answers in YAML, as name: value")
    where.add_argument("--preset", metavar="NAME", help="which defaults to start from: freelancer, startup, platform")
    where.add_argument("-d", "--data", metavar="NAME=VALUE", action="append", default=[], help="one answer; repeatable")
    where.add_argument("--defaults", action="store_true", help="ask nothing: take the default of all other questions")
    where.add_argument("-y", "--yes", action="store_true", help="skip the review at the end of the wizard")
    what = new.add_argument_group("what to do")
    what.add_argument("--dry-run", action="store_true", help="show what would be written, with sizes; write nothing")
    what.add_argument("--diff", action="store_true", help="show how DEST differs from what would be written")
    what.add_argument("--no-git", dest="git", action="store_false", help="make no git repository")
    what.add_argument("--json", action="store_true", help="tell the result as JSON on stdout")
    return new


def _given(arguments: argparse.Namespace, chart: Manifest) -> Given:
    standard = organisation.load(arguments.org, chart.questionnaire) if arguments.org else Organisation()
    if arguments.preset is not None:
        chart.questionnaire.validate(chart.questionnaire[PRESET], arguments.preset, {})
    given = answers.collect(standard, file=arguments.answers_file, data=arguments.data, preset=arguments.preset)
    given.resolve(chart.questionnaire)
    return given


def _check(arguments: argparse.Namespace, folder: Path | None) -> None:
    """Refuse what cannot end well before anybody answers a question."""
    if folder is None and not _is_interactive(arguments):
        advice = (
            "Name a folder: `airworthy new DEST`." if arguments.defaults else "Name a folder, or run it in a terminal."
        )
        raise UsageError("There is nobody to ask where the repo goes.", advice)
    if arguments.git and _writes(arguments) and shutil.which("git") is None:
        raise MissingGitError("git is not installed, or not on the path.", "Install git, or pass --no-git.")
    if folder is not None and _writes(arguments):
        destination.check(folder)


def _ask(
    arguments: argparse.Namespace, template: Source, chart: Manifest, given: Given, folder: Path | None
) -> Outcome:
    """Let the wizard ask what is not given, if there is somebody to ask."""
    resolved = given.resolve(chart.questionnaire)
    if _is_interactive(arguments):
        from airworthy import wizard  # noqa: PLC0415 - its terminal toolkit is slow to import

        verb = "Write" if _writes(arguments) else "Preview"
        wish = wizard.ask(chart, given, folder, is_reviewed=not arguments.yes, verb=verb)
        folder, resolved = wish.folder, wish.answers
    elif not arguments.defaults:
        missing = terminal.count(len(resolved) - len(given.values), "question")
        terminal.write(f"No terminal to ask in: {missing} answered by default.", stream=sys.stderr)
    if folder is None:
        raise UsageError("There is nobody to ask where the repo goes.", "Name a folder: `airworthy new DEST`.")
    return Outcome(template, chart, given.organisation, resolved, folder, git=arguments.git)


def _carry_out(arguments: argparse.Namespace, outcome: Outcome) -> int:
    from airworthy import render  # noqa: PLC0415 - copier is slow to import, and the wizard may end without it

    if not _writes(arguments):
        rendered = render.plan(outcome.source, outcome.answers)
        (report.differing if arguments.diff else report.previewed)(outcome, rendered, as_json=arguments.json)
        return 0
    with _undone_when_interrupted(outcome.folder):
        write = partial(render.render, outcome.source, outcome.answers, outcome.folder)
        rendered = report.watch(outcome, lambda progress: write(progress=progress))
        steps = report.follow(outcome)
    report.written(outcome, rendered, steps, as_json=arguments.json)
    return 0


def _writes(arguments: argparse.Namespace) -> bool:
    return not (arguments.dry_run or arguments.diff)


def _is_interactive(arguments: argparse.Namespace) -> bool:
    return not arguments.defaults and sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def _undone_when_interrupted(folder: Path) -> Iterator[None]:
    """Leave nothing behind of a run that is broken off: the folder was empty, or not there, when it began."""
    made = [place for place in (folder, *folder.absolute().parents) if not place.exists()]
    try:
        yield
    except KeyboardInterrupt:
        shutil.rmtree(made[-1] if made else folder, ignore_errors=True)
        if not made:
            folder.mkdir()
        raise
