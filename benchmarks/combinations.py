"""What covering every combination costs: per tree, per render, in memory; against bare copier and against the floor.

The floor is one shared Jinja environment that compiles each file once and writes the rendered files: what nobody can
beat who renders a whole tree. docs/benchmarks.md says more.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from airworthy import engine, manifest
from matrix import equality, syntax
from matrix.samples import Sample, samples
from matrix.template import Template
from measure import Program, run

ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20
Write: TypeAlias = Callable[[Mapping[str, str], Path], None]
ROW = "{:<44}{:>12}{:>12}{:>10}".format


@dataclass(frozen=True)
class Figure:
    """One result; `goal` is the most that is good enough, None if there is no goal."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the goal, if there is one, is reached."""
        return self.goal is None or self.value <= self.goal


def main(arguments: list[str] | None = None) -> int:
    """Measure and show; 1 if a goal is missed."""
    rounds = int((arguments or sys.argv[1:] or ["5"])[0])
    figures = [*whole(), *renders(rounds)]
    print(table(figures))
    return 0 if all(figure.is_met for figure in figures) else 1


def whole() -> Iterator[Figure]:
    """All combinations, cold: time of each phase, and the largest resident set."""
    with tempfile.TemporaryDirectory(prefix="airworthy-bench-") as name:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tools"), str(ROOT / "generator")])}
        words = ["-m", "matrix", "--no-suites", "--samples", "0", "--json", "report.json"]
        sample = run(Program("matrix", [sys.executable, *words], environment, Path(name)))
        report: dict[str, Any] = json.loads((Path(name) / "report.json").read_text(encoding="utf-8"))
    count, phases = report["combinations"]["count"], report["phases"]
    yield Figure(f"all {count:,} trees assembled and checked, cold", sample.seconds, "s", 180)
    yield Figure("  one tree, rendered and assembled", (phases["render"] + phases["assemble"]) * 1000 / count, "ms")
    yield Figure("  one tree, checked", phases["check"] * 1000 / count, "ms")
    yield Figure("  largest resident set", sample.peak_bytes / MIB, "MiB", 500)


def renders(rounds: int) -> Iterator[Figure]:
    """One whole tree, written: copier's public API as the property test uses it, bare, and the floor."""
    with equality.plain(ROOT) as folder:
        template = Template.open(folder, origin=str(folder))
        chosen = samples(template.questionnaire, template.options, seed=0, count=rounds)[-rounds:]
        ways = {"floor": Floor(template).write, "ours": _engine(folder), "bare": _bare(folder)}
        times: dict[str, list[float]] = {name: [] for name in ways}
        for each in [chosen[0], *chosen]:  # the first round warms up
            for name, write in ways.items():
                times[name].append(_timed(write, each, folder.parent))
    times = {name: seconds[1:] for name, seconds in times.items()}
    floor = statistics.median(times["floor"])
    yield Figure("one tree from the floor", floor * 1000, "ms")
    for name, words, goal in (("ours", "copier's API with our memo", 35.0), ("bare", "copier.run_copy, bare", None)):
        ratios = [theirs / ours for theirs, ours in zip(times[name], times["floor"], strict=True)]
        yield Figure(f"one tree from {words}", statistics.median(times[name]) * 1000, "ms")
        yield Figure("  against the floor", statistics.median(ratios), "x", goal)


class Floor:
    """One shared environment, everything compiled before the first render."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._chart = manifest.load(Path(template.origin))
        files = {path: self._chart.folder / source for path, source in self._chart.sources.items()}
        self._plain = {path: file.read_bytes() for path, file in files.items() if file.suffix != ".jinja"}
        texts = {path: file.read_text(encoding="utf-8") for path, file in files.items() if file.suffix == ".jinja"}
        self._names = {path: syntax.names_read(template.environment, text, path) for path, text in texts.items()}
        self._compiled = {path: template.environment.from_string(text) for path, text in texts.items()}

    def write(self, answers: Mapping[str, str], folder: Path) -> None:
        """Write the tree for `answers`."""
        options = self._template.options.choices
        context = self._template.with_texts({k: v for k, v in answers.items() if k not in options}).context
        for path in self._chart.files_for(answers):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            content = self._plain.get(path)
            if content is None:
                content = self._compiled[path].render(**context.values(self._names[path], answers)).encode()
            (folder / path).write_bytes(content)


def table(figures: list[Figure]) -> str:
    """The figures for people."""
    lines = [ROW("every combination", "", "", "goal")]
    for figure in figures:
        goal = "" if figure.goal is None else f"{'≤' if figure.is_met else '✗ ≤'} {figure.goal:g}"
        lines.append(ROW(figure.name, f"{figure.value:.2f}", figure.unit, goal))
    return "\n".join(lines)


def plain(figures: list[Figure]) -> list[dict[str, Any]]:
    """The figures for programs."""
    return [asdict(figure) for figure in figures]


def _engine(folder: Path) -> Write:
    return lambda answers, target: engine.copy(folder, target, answers)


def _bare(folder: Path) -> Write:
    import copier  # noqa: PLC0415 - nobody else pays for it

    def write(answers: Mapping[str, str], target: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copier.run_copy(str(folder), target, data=dict(answers), defaults=True, quiet=True)

    return write


def _timed(write: Write, sample: Sample, place: Path) -> float:
    with tempfile.TemporaryDirectory(dir=place) as name:
        began = time.perf_counter()
        write(sample.answers, Path(name) / "repo")
        return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
