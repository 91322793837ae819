"""What a run found, for people and for programs; reports of shards merge into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from matrix import shrinking
from matrix.combinations import Options
from matrix.facts import Problem
from matrix.suites.report import Report as SuitesReport
from matrix.suites.report import merge as merge_suites

FORMAT = 1
"""Grows when a program that reads the JSON would have to change."""


CAUSES = frozenset({"rendering", "parsing", "exclusion"})
"""A file that is missing or cannot be read makes others look wrong too."""


class MergeError(Exception):
    """Reports do not belong together."""


@dataclass
class Failure:
    """One problem, and the set of combinations that show it."""

    problem: Problem
    combinations: int
    line: int = 0
    command: str = ""
    """Reproduces it; made from the fewest answers if empty."""


@dataclass
class Report:
    """Everything that a run has to say."""

    options: Options
    template: str
    """Digest of what was looked at: only reports on the same template merge."""
    combinations: int = 0
    """The set that was looked at."""
    facts: dict[str, int] = field(default_factory=dict)
    """What is true of the template, whichever part of it was looked at: distinct files, distinct components."""
    counts: dict[str, int] = field(default_factory=dict)
    """What was done; shards add up."""
    phases: dict[str, float] = field(default_factory=dict)
    """Seconds; shards add up."""
    skipped: dict[str, str] = field(default_factory=dict)
    """What was left out, and why."""
    failures: dict[Problem, Failure] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """The seed, the shard."""
    suites: SuitesReport | None = None
    """What the suites said, if they ran."""

    def add(self, problem: Problem, combinations: int, line: int = 0, command: str = "") -> None:
        """Say that `combinations` show `problem`."""
        if not combinations:
            return
        known = self.failures.setdefault(problem, Failure(problem, 0, line, command))
        known.combinations |= combinations

    @property
    def is_green(self) -> bool:
        """Whether nothing failed."""
        return not self.failures and not (self.suites and self.suites.is_red)

    @property
    def failing(self) -> int:
        """The set of the combinations that show some failure, a suite's included."""
        sets = (failure.combinations for failure in self.failures.values())
        return reduce(or_, sets, self.suites.failed if self.suites else 0)

    def cases(self, failure: Failure) -> list[dict[str, str]]:
        """The fewest answers that show it."""
        return shrinking.cases(self.options, failure.combinations, self.combinations | failure.combinations)

    def command(self, failure: Failure) -> str:
        """What a person types to see it again."""
        return failure.command or reproduce(next(iter(self.cases(failure)), {}))

    def sorted(self) -> list[Failure]:
        """The failures: first what others may follow from, then by how many combinations show them."""
        return sorted(self.failures.values(), key=_rank)


def reproduce(answers: Mapping[str, str], *more: str) -> str:
    """The command that looks only at combinations with `answers`."""
    where = ",".join(f"{name}={value}" for name, value in answers.items())
    words = [*(["--where", where] if where else []), "--no-suites", *(more or ("--samples", "0"))]
    return f'make matrix ARGS="{" ".join(words)}"'


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain data; sets of combinations are hexadecimal, bit by index."""
    return {
        "format": FORMAT,
        "template": report.template,
        "options": {name: list(values) for name, values in report.options.choices.items()},
        "combinations": {"count": report.combinations.bit_count(), "set": f"{report.combinations:x}"},
        "facts": report.facts,
        "counts": report.counts,
        "phases": {name: round(seconds, 3) for name, seconds in report.phases.items()},
        "skipped": report.skipped,
        "notes": report.notes,
        "suites": report.suites.dump() if report.suites else None,
        "failures": [
            {
                **failure.problem._asdict(),
                "line": failure.line,
                "combinations": {"count": failure.combinations.bit_count(), "set": f"{failure.combinations:x}"},
                "answers": report.cases(failure),
                "command": report.command(failure),
            }
            for failure in report.sorted()
        ],
    }


def from_json(document: Mapping[str, Any]) -> Report:
    """The report that `to_json` wrote."""
    if document.get("format") != FORMAT:
        raise MergeError(f"a report of format {document.get('format')}, not {FORMAT}")
    options = Options({name: tuple(values) for name, values in document["options"].items()})
    report = Report(options, document["template"], int(document["combinations"]["set"], 16))
    for name in ("facts", "counts", "phases", "skipped", "notes"):
        getattr(report, name).update(document[name])
    for each in document["failures"]:
        problem = Problem(each["check"], each["path"], each["text"])
        own = each["command"] if "--sample " in each["command"] else ""
        report.add(problem, int(each["combinations"]["set"], 16), each["line"], own)
    report.suites = SuitesReport.parse(document["suites"]) if document["suites"] else None
    return report


def merge(reports: Sequence[Report]) -> Report:
    """One report for all shards; raises MergeError if they looked at different templates."""
    if len({report.template for report in reports}) != 1:
        raise MergeError("the reports are about different templates")
    whole = Report(reports[0].options, reports[0].template)
    for report in reports:
        whole.combinations |= report.combinations
        whole.facts |= report.facts
        whole.skipped |= report.skipped
        _add(whole.counts, report.counts)
        _add(whole.phases, report.phases)
        for failure in report.failures.values():
            whole.add(failure.problem, failure.combinations, failure.line, failure.command)
    if ran := [report.suites for report in reports if report.suites]:
        try:
            whole.suites = merge_suites(ran)
        except ValueError as error:
            raise MergeError(str(error)) from error
    whole.notes["merged"] = f"{len(reports)} reports"
    return whole


def _rank(failure: Failure) -> tuple[bool, int, Problem]:
    return failure.problem.check not in CAUSES, -failure.combinations.bit_count(), failure.problem


def _add(total: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def table(report: Report) -> str:
    """The report for a terminal."""
    count = report.combinations.bit_count()
    lines = [_row("combinations", f"{count:,} of {report.options.count:,}")]
    lines += [_row(name, f"{value:,}") for name, value in {**report.facts, **report.counts}.items()]
    lines += [_row(name, f"{seconds:.1f} s") for name, seconds in report.phases.items()]
    lines += [_row(name, value) for name, value in report.notes.items()]
    lines += [_row("SKIPPED", f"{name}: {why}") for name, why in report.skipped.items()]
    lines += [line for failure in report.sorted() for line in _failed(report, failure)]
    lines.append(_row("failures", f"{len(report.failures):,}"))
    lines += [report.suites.text()] if report.suites else []
    return "\n".join(lines)


def _failed(report: Report, failure: Failure) -> Iterable[str]:
    problem, cases = failure.problem, report.cases(failure)
    place = f"{problem.path}:{failure.line}" if failure.line else problem.path
    yield f"✗ {place}: {problem.text}  [{problem.check}]"
    yield f"    {failure.combinations.bit_count():,} combinations: {' | '.join(map(_words, cases))}"
    yield f"    {report.command(failure)}"


def _words(answers: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in answers.items()) or "all"


def _row(name: str, value: str) -> str:
    return f"  {name:<24} {value:>14}"
