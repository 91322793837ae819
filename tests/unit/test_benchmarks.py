"""The benchmark's own arithmetic, with real programs; no time is asserted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import measure
from measure import Comparison, Program, ProgramError, Sample


def program(folder: Path, code: str) -> Program:
    return Program("python", [sys.executable, "-c", code], dict(os.environ), folder)


def sample(seconds: float, cpu_seconds: float = 1.0) -> Sample:
    return Sample(seconds, cpu_seconds, 1)


def test_run_measures_memory_of_programs_that_the_program_ran(tmp_path: Path) -> None:
    greedy = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'bytearray(200_000_000).count(1)'])"
    # In a process of its own: a child begins with its parent's peak, and this one may have grown by now.
    code = f"""
import sys; sys.path[:0] = {sys.path!r}
import os
from pathlib import Path
from measure import Program, run
for code in ({greedy!r}, ""):
    print(run(Program("python", [sys.executable, "-c", code], dict(os.environ), Path({str(tmp_path)!r}))).peak_bytes)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    greedy_bytes, idle_bytes = map(int, said.split())

    assert greedy_bytes > 200_000_000 > idle_bytes


def test_run_refuses_a_program_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="broken on purpose"):
        measure.run(program(tmp_path, "raise SystemExit('broken on purpose')"))


def test_compare_pairs_the_runs_and_takes_turns(tmp_path: Path) -> None:
    ours = program(tmp_path, "open('order', 'a').write('o')")
    theirs = program(tmp_path, "open('order', 'a').write('t')")

    comparison = measure.compare("turns", ours, theirs, rounds=3)

    assert (tmp_path / "order").read_text() == "ot" + "ot" + "to" + "ot"
    assert (len(comparison.ours), len(comparison.theirs)) == (3, 3)


def test_comparison_takes_the_median_of_the_pairs() -> None:
    comparison = Comparison("pairs", (sample(1), sample(4), sample(9)), (sample(2), sample(4), sample(3)), goal=1.0)

    assert comparison.ratio == 1.0
    assert comparison.is_met
    assert not Comparison("pairs", (sample(2),), (sample(1),), goal=1.9).is_met
    assert Comparison("pairs", (sample(2),), (sample(1),)).is_met
