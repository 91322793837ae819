"""What a run of the suites found: for people, and as JSON for reports of other shards to be joined with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from matrix.suites.ledger import Failure
from matrix.suites.reach import summary

if TYPE_CHECKING:
    from matrix.combinations import Options
    from matrix.suites.ledger import Ledger
    from matrix.suites.order import Stage


@dataclass(frozen=True)
class Line:
    """One task; sets of combinations are hexadecimal numbers."""

    where: str
    passed: str
    failed: str
    runs: int
    known: int
    seconds: float


@dataclass(frozen=True)
class Report:
    """All tasks of one run, or of several that shared the work."""

    combinations: int
    lines: Mapping[str, Line]
    failures: tuple[Failure, ...] = ()
    doubts: tuple[str, ...] = ()
    """Credits that should not have been given."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time per phase; of shards, the longest."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """Presets, single choices, pairs, triples: the combinations that stand for each, as hexadecimal numbers."""
    changes: Mapping[str, float] = field(default_factory=dict)
    """File → the seconds of suites of presets and single choices that a change of it would take."""

    @classmethod
    def of(
        cls, options: Options, ledger: Ledger, doubts: Iterable[str], seconds: Mapping[str, float], stages: list[Stage]
    ) -> Report:
        """What the ledger knows."""
        lines = {
            name: Line(
                f"{account.task.where:x}",
                f"{account.passed:x}",
                f"{account.failed:x}",
                account.runs,
                account.known,
                round(account.seconds, 1),
            )
            for name, account in ledger.accounts.items()
        }
        found = sorted(ledger.failures, key=lambda failure: (failure.task, sorted(failure.answers.items())))
        rounded = {name: round(each, 1) for name, each in seconds.items()}
        sets = {stage.name: f"{reduce(or_, (1 << each.index for each in stage.combinations), 0):x}" for stage in stages}
        return cls(options.count, lines, tuple(found), tuple(doubts), rounded, sets)

    @classmethod
    def parse(cls, facts: Mapping[str, Any]) -> Report:
        """Undo ``dump``."""
        lines = {name: Line(**line) for name, line in facts["lines"].items()}
        failures = tuple(Failure(**failure) for failure in facts["failures"])
        told = (tuple(facts["doubts"]), facts["seconds"], facts["stages"], facts["changes"])
        return cls(facts["combinations"], lines, failures, *told)

    def dump(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @property
    def is_red(self) -> bool:
        """Whether something failed, or cannot be trusted."""
        return bool(self.failures or self.doubts)

    @property
    def whole(self) -> int:
        """The set of the combinations that are credited with every suite that they contain."""
        every = (1 << self.combinations) - 1
        sets = (every & ~int(line.where, 16) | int(line.passed, 16) for line in self.lines.values())
        return reduce(and_, sets, every)

    @property
    def failed(self) -> int:
        """The set of the combinations in which some suite fails."""
        return reduce(or_, (int(line.failed, 16) for line in self.lines.values()), 0)

    @property
    def full(self) -> int:
        """How many combinations are credited with every suite that they contain."""
        return self.whole.bit_count()

    def text(self) -> str:
        """For people: what was found, then what failed."""
        lines = list(self.lines.values())
        contained = sum(_size(line.where) for line in lines)
        credited = sum(_size(line.passed) for line in lines)
        complete = sum(line.where == line.passed for line in lines)
        said = [
            f"suites: {len(lines)} in {self.combinations:,} combinations, {contained:,} in all",
            f"run: {sum(line.runs for line in lines):,} now, {sum(line.known for line in lines):,} known from before",
            f"credited: {credited:,} ({_share(credited, contained)})",
            f"complete: {complete} suites, wherever they are; {self.full:,} combinations, with all their suites",
            f"known with all their suites: {self._reached()}",
            f"failed: {len(self.failures)}; keys found unsound: {len(self.doubts)}",
            "time: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items()),
            *([summary(self.changes)] if self.changes else []),
        ]
        return "\n".join([*said, *map(_tell, self.failures), *self.doubts])

    def _reached(self) -> str:
        """How far the run came, stage by stage; presets and choices mean little while a suite is missing in them."""
        whole = self.whole
        sets = {name: int(each, 16) for name, each in self.stages.items()} | {"all": (1 << self.combinations) - 1}
        counts = ((name, (each & whole).bit_count(), each.bit_count()) for name, each in sets.items())
        return ", ".join(f"{name} {known:,} of {count:,}" for name, known, count in counts)


def merge(reports: Iterable[Report]) -> Report:
    """The report that one machine would have given; raises ValueError if they are not of one template."""
    reports = list(reports)
    counts = {report.combinations for report in reports}
    if len(counts) != 1:
        raise ValueError("These reports are of different templates.")
    lines: dict[str, Line] = {}
    for report in reports:
        if both := lines.keys() & report.lines.keys():
            raise ValueError(f"These reports both tell of {min(both)}: they are not shards of one run.")
        lines.update(report.lines)
    phases = {name for report in reports for name in report.seconds}
    seconds = {name: max(report.seconds.get(name, 0) for report in reports) for name in sorted(phases)}
    failures = sorted(
        (failure for report in reports for failure in report.failures),
        key=lambda failure: (failure.task, sorted(failure.answers.items())),
    )
    doubts = tuple(doubt for report in reports for doubt in report.doubts)
    changes = {path: sum(report.changes.get(path, 0) for report in reports) for path in reports[0].changes}
    told = (dict(sorted(lines.items())), tuple(failures), doubts, seconds, reports[0].stages, changes)
    return Report(counts.pop(), *told)


def _tell(failure: Failure) -> str:
    answers = " ".join(f"{name}={value}" for name, value in failure.answers.items())
    if not failure.is_certain:
        return f"UNSTEADY {failure.task} failed once with {answers}, and passed when it was run again"
    return f"FAILED {failure.task} with {answers or 'any answers'}\n  {failure.command}"


def _size(number: str) -> int:
    return int(number, 16).bit_count()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "none"
