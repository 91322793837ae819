"""Each goal of the benchmark can be missed, and a missed one is a failure."""

import importlib
import subprocess
import sys
from typing import Any

import pytest

from runtime.product import root

figures = importlib.import_module("model-proxy.benchmarks.figures")
goals = importlib.import_module("model-proxy.benchmarks.goals")

DIRECT = {"rps": 9000, "cpu_ms": 0, "streams": 900, "p50_ms": 0.1, "p95_ms": 0.2, "first_ms": 0.2}
THEIRS = {"rps": 30, "cpu_ms": 30, "streams": 6, "p50_ms": 40, "p95_ms": 60, "first_ms": 50}
OURS = {"rps": 900, "cpu_ms": 1, "streams": 180, "p50_ms": 1, "p95_ms": 3, "first_ms": 1.5}
REST = {"rss_mb": 90, "failures": 0}


def judged(start_s: float = 1.0, added_mb: float = 1.0, **ours: float) -> list[str]:
    """Return the goals that such a run misses."""
    direct, mine, theirs = (
        figures.Figures(**f) for f in (DIRECT | REST, OURS | REST | ours, THEIRS | REST)
    )
    marks = tuple(
        figures.Mark(requests, mb) for requests, mb in ((0, 80), (50, 90), (100, 90 + added_mb))
    )
    results = goals.results([goals.Round(direct, mine, theirs)] * 3, start_s, figures.Growth(marks))
    return [result.goal for result in results if not result.is_met]


def test_goals_are_met_by_what_meets_them() -> None:
    assert judged() == []


@pytest.mark.parametrize(
    ("worse", "goal"),
    [
        ({"rps": 599}, "answers per second, 32 connections: ≥ 20x"),
        ({"cpu_ms": 2.1}, "processor time per answer: ≥ 15x"),
        ({"streams": 119}, "streams per second, 32 connections: ≥ 20x"),
        ({"p95_ms": 5.3}, "added p95, 1 connection: ≤ 5 ms"),
        ({"p50_ms": 1.7}, "added p50, 1 connection: ≤ 1.5 ms"),
        ({"first_ms": 2.3}, "added first byte p50: ≤ 2 ms"),
        ({"rss_mb": 101}, "memory: ≤ 100 MB"),
        ({"failures": 1}, "failed answers: ≤ 0"),
        ({"start_s": 2.1}, "start: ≤ 2 s"),
        ({"added_mb": 11}, "memory added by the second half of 100 requests: ≤ 10 MB"),
    ],
)
def test_goal_that_is_missed_is_named(worse: dict[str, float], goal: str) -> None:
    assert judged(**worse) == [goal]


def test_benchmark_runs_and_its_exit_code_is_its_verdict(environ: dict[str, str]) -> None:
    tiny = ["--rounds", "0", "--requests", "3", "--seconds", "0.05"]
    command: Any = [sys.executable, "-m", "model-proxy.benchmarks", *tiny]
    done = subprocess.run(
        command, cwd=root(), env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("memory after") == 4, done.stderr
    assert done.returncode == int("MISSED" in done.stdout)
    assert all(f"- {line}" in done.stdout for line in goals.LACKS)
