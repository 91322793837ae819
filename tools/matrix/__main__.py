"""Check every combination of the options.

Renders each distinct file once, assembles the tree of every combination, checks all that it refers to, compares a
sample with copier's public API byte for byte, and runs every suite once for all combinations in which it sees the same.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from airworthy.errors import AirworthyError
from matrix import page, report
from matrix.report import MergeError, Report
from matrix.run import Run
from matrix.settings import ROOT, Settings
from matrix.suites.environment import InstallError
from matrix.suites.run import MissingSuiteError, Suites, Wishes
from matrix.suites.shards import Shard
from matrix.template import Template

EXAMPLES = """\
examples:
  make matrix                                                   everything
  make matrix ARGS="--no-suites"                                files only: a minute or two
  make matrix ARGS="--where ui=none,jobs=kafka --samples 0"     one part, as a failure's report says
  make matrix ARGS="--shard 1/4 --json 1.json"                  a quarter of the work
  make matrix ARGS="--merge 1.json 2.json 3.json 4.json --html matrix.html"

exit codes: 0 all is well, 1 something failed, 2 wrong usage, 130 stopped
"""


def main(words: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(words)
    try:
        if options.suite:
            return _repeat(options)
        found = _merged(options.merge) if options.merge else _run(options)
        _keep(found, options.json, options.html)
    except KeyboardInterrupt:
        print("\nStopped; what was found out is kept.", file=sys.stderr)
        return 130
    except (AirworthyError, MergeError, InstallError, MissingSuiteError) as error:
        print(f"matrix: {error}", file=sys.stderr)
        return 2
    print(report.table(found))
    return 0 if found.is_green else 1


def _run(options: argparse.Namespace) -> Report:
    run = Run(_settings(options))
    try:
        run.static()
        if run.settings.samples or run.settings.sample is not None:
            run.compare()
        if run.settings.suites:
            with _suites(run.template, run.settings) as suites:
                run.report.suites = suites.run()
    finally:
        run.results.close()
    return run.report


def _repeat(options: argparse.Namespace) -> int:
    """Run one suite on one combination, and show what it says."""
    with _suites(Template.open(options.root), _settings(options)) as suites:
        outcome = suites.run_one(options.suite)
    print(outcome.said)
    return 0 if outcome.passed else 1


@contextmanager
def _suites(template: Template, settings: Settings) -> Iterator[Suites]:
    """In the cache's folder, or in one that is gone afterwards."""
    with ExitStack() as stack:
        folder = settings.cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matrix-")))
        wishes = Wishes(
            folder=folder.resolve(),
            shard=Shard(*settings.shard),
            workers=settings.processes,
            budget_min=settings.budget_min,
            verified=settings.tried,
            only=settings.only,
            where=settings.where,
            commands=settings.commands,
            timeout_s=settings.timeout_s,
        )
        yield Suites(template, wishes)


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        root=options.root,
        cache=options.cache,
        shard=options.shard,
        where=options.where,
        seed=secrets.randbelow(1_000_000) if options.seed is None else options.seed,
        samples=options.samples,
        sample=options.sample,
        processes=options.processes,
        suites=options.suites,
        commands=options.commands or bool(options.suite),
        budget_min=options.budget,
        tried=options.tried,
        only=options.only,
        timeout_s=options.timeout,
    )


def _merged(files: list[Path]) -> Report:
    return report.merge([report.from_json(json.loads(file.read_text(encoding="utf-8"))) for file in files])


def _keep(found: Report, as_json: Path | None, as_html: Path | None) -> None:
    if as_json:
        as_json.write_text(json.dumps(report.to_json(found), indent=1) + "\n", encoding="utf-8")
    if as_html:
        as_html.write_text(page.render(found), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="matrix", description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--where", type=_answers, default={}, metavar="A=B,C=D", help="only combinations with these answers")
    add("--shard", type=_shard, default=(1, 1), metavar="I/N", help="the Ith of N disjoint parts; reports merge")
    add("--merge", type=Path, nargs="+", metavar="FILE", help="run nothing: one report from the shards' JSON")
    add("--json", type=Path, metavar="FILE", help="write the report for programs")
    add("--html", type=Path, metavar="FILE", help="write the report as a page")
    add("--no-suites", dest="suites", action="store_false", help="leave out the components' suites")
    add("--commands", action="store_true", help="run the presets' own `make check` and `make test` too: once is enough")
    add("--budget", type=float, default=2, metavar="MIN", help="then begin no suite but presets', single choices' (2)")
    add("--try", dest="tried", type=int, default=4, metavar="N", help="credits of suites to try out (default: 4)")
    add("--only", default="", metavar="TEXT", help="of the suites, those whose names contain it")
    add("--timeout", type=float, default=900, metavar="S", help="for one run of one suite (default: 900)")
    add("--suite", metavar="NAME", help="only run this suite, on the first combination that --where allows; show it")
    add("--samples", type=int, default=200, metavar="N", help="answers by chance to compare with copier; 0: none")
    add("--seed", type=int, metavar="N", help="of the samples; the report names it")
    add("--sample", type=int, metavar="N", help="compare only this sample")
    add("--cache", type=Path, metavar="DIR", help="keep results here; without it every run starts cold")
    add("--processes", type=int, default=2, metavar="N", help="how many at a time (default: 2)")
    add("--root", type=Path, default=ROOT, metavar="DIR", help="holds copier.yml (default: this checkout)")
    return parser


def _answers(text: str) -> dict[str, str]:
    pairs = [each.partition("=") for each in text.split(",") if each]
    if not all(value for _, _, value in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not OPTION=CHOICE,OPTION=CHOICE")
    return {name: value for name, _, value in pairs}


def _shard(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is not I/N with 1 ≤ I ≤ N")
    return int(number), int(count)


if __name__ == "__main__":
    sys.exit(main())
