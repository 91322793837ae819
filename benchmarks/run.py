"""What `make bench` measures: the generator against copier and against bare Python, then what it generates.

docs/benchmarks.md says how and why. The result is a table, and JSON in benchmarks/results; a missed goal exits with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import combinations
from measure import Comparison, Program, Sample, compare, run

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
TAG = "v0.0.1"
PRESETS = ("freelancer", "startup", "platform")
MIB = 1 << 20
ROW = "{:<24}{:>10}{:>10}{:>8}{:>8}{:>8}{:>10}{:>10}".format


def main(arguments: list[str] | None = None) -> int:
    """Measure, show, keep; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="pairs per comparison (default: 7)")
    parser.add_argument("--no-suites", dest="suites", action="store_false", help="leave out generated suites")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="airworthy-bench-") as folder:
        bench = Bench(Path(folder))
        comparisons = [*bench.generator(options.rounds), *bench.start_up(options.rounds * 3)]
        print(table(comparisons), flush=True)
        figures = [*combinations.whole(), *combinations.renders(options.rounds)]
        print(combinations.table(figures), flush=True)
        suites: dict[str, Sample] = {}
        try:
            for name, sample in bench.suites() if options.suites else ():
                print(suite_row(name, sample), flush=True)
                suites[name] = sample
        finally:  # what was measured is kept even if a suite fails
            keep(comparisons, figures, suites)
    return 0 if all(each.is_met for each in comparisons) and all(each.is_met for each in figures) else 1


class Bench:
    """The programs, in a folder of their own with a clone of HEAD that carries a tag."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clone = folder / "airworthy"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, self.clone], check=True)
        subprocess.run(["git", "tag", "--force", TAG], cwd=self.clone, check=True, capture_output=True)
        subprocess.run([sys.executable, "-m", "compileall", "-q", self.clone / "generator"], check=True)

    def generator(self, rounds: int) -> list[Comparison]:
        """`airworthy new`, wizard aside, against bare `copier copy` of the same tag and answers."""
        return [
            compare(f"new, {preset}", self.new(preset), self.copier_copy(preset), rounds=rounds, goal=0.5)
            for preset in PRESETS
        ]

    def start_up(self, rounds: int) -> list[Comparison]:
        """`airworthy --help` against an interpreter that does nothing, and against `copier --help`."""
        ours = self.program("airworthy --help", "-m", "airworthy", "--help")
        nothing = self.program("python -c pass", "-c", "pass")
        copier = self.program("copier --help", "-m", "copier", "--help")
        return [
            compare("--help, against python", ours, nothing, rounds=rounds, goal=3.0),
            compare("--help, against copier", ours, copier, rounds=rounds),
        ]

    def suites(self) -> Iterator[tuple[str, Sample]]:
        """The generated repo's `make test`: with nothing installed, then again."""
        run(self.new("freelancer"))
        make = self.program("make test")
        test = Program("make test", ["make", "test"], make.environment, self.folder / "app")
        for state in ("cold", "warm"):
            yield f"make test, {state}", run(test)

    def new(self, preset: str) -> Program:
        """Our command, from the clone."""
        words = ["-m", "airworthy", "new", "app", "--preset", preset, "--defaults", "--no-git"]
        return self.program("airworthy new", *words)

    def copier_copy(self, preset: str) -> Program:
        """The bare command line, from the same tag of the same clone."""
        words = ["-m", "copier", "copy", "--quiet", "--defaults", "--vcs-ref", TAG, "--data", f"preset={preset}"]
        return self.program("copier copy", *words, str(self.clone), "app")

    def program(self, name: str, *words: str) -> Program:
        """A Python program that finds our package in the clone and an empty destination."""
        environment = {**os.environ, "PYTHONPATH": str(self.clone / "generator")}
        forget = partial(shutil.rmtree, self.folder / "app", ignore_errors=True)
        return Program(name, [sys.executable, *words], environment, self.folder, forget)


def table(comparisons: list[Comparison]) -> str:
    """The comparisons for people: median seconds, median ratios of the pairs, largest resident sets."""
    lines = [ROW("", "ours, s", "theirs, s", "ratio", "CPU", "goal", "ours, MiB", "theirs")]
    for comparison in comparisons:
        ours, theirs = comparison.ours, comparison.theirs
        times = (
            f"{seconds(ours):.3f}",
            f"{seconds(theirs):.3f}",
            f"{comparison.ratio:.2f}",
            f"{comparison.cpu_ratio:.2f}",
        )
        goal = "" if comparison.goal is None else f"{'≤' if comparison.is_met else '✗ ≤'} {comparison.goal}"
        lines.append(ROW(comparison.name, *times, goal, f"{peak(ours):.0f}", f"{peak(theirs):.0f}"))
    return "\n".join(lines)


def suite_row(name: str, sample: Sample) -> str:
    """One more row of the table, for a suite."""
    return ROW(name, f"{sample.seconds:.1f}", "", "", "", "", f"{sample.peak_bytes / MIB:.0f}", "")


def seconds(samples: tuple[Sample, ...]) -> float:
    """The median time."""
    return statistics.median(sample.seconds for sample in samples)


def peak(samples: tuple[Sample, ...]) -> float:
    """The largest memory, in MiB."""
    return max(sample.peak_bytes for sample in samples) / MIB


def keep(comparisons: list[Comparison], figures: list[combinations.Figure], suites: dict[str, Sample]) -> None:
    """Write every sample to a JSON file named by the time."""
    now = datetime.now(UTC)
    result: dict[str, Any] = {
        "at": now.isoformat(timespec="seconds"),
        "commit": subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip(),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "comparisons": [
            {
                "name": comparison.name,
                "goal": comparison.goal,
                "ratio": comparison.ratio,
                "cpu_ratio": comparison.cpu_ratio,
                "ours": [vars(sample) for sample in comparison.ours],
                "theirs": [vars(sample) for sample in comparison.theirs],
            }
            for comparison in comparisons
        ],
        "combinations": combinations.plain(figures),
        "suites": {name: vars(sample) for name, sample in suites.items()},
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{now:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
