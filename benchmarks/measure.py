"""Measures programs side by side: in one run, in pairs, taking turns to go first, so that a busy machine is fair."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ProgramError(Exception):
    """A measured program failed: its time would mean nothing."""


@dataclass(frozen=True)
class Sample:
    """One run of a program."""

    seconds: float
    cpu_seconds: float
    """Of the program and all that it waited for: what a busy machine disturbs least."""
    peak_bytes: int
    """The largest resident set of the program or of any one process that it waited for."""


@dataclass(frozen=True)
class Program:
    """A command, and what makes its place ready before each run, unmeasured."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    prepare: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Comparison:
    """Paired samples of two programs."""

    name: str
    ours: tuple[Sample, ...]
    theirs: tuple[Sample, ...]
    goal: float | None = None
    """The largest ratio of our time to theirs that is good enough; None if there is no goal."""

    @property
    def ratio(self) -> float:
        """The median of each pair's ratio of our time to theirs."""
        return statistics.median(our.seconds / their.seconds for our, their in self._pairs)

    @property
    def cpu_ratio(self) -> float:
        """As `ratio`, for processor time."""
        return statistics.median(our.cpu_seconds / their.cpu_seconds for our, their in self._pairs)

    @property
    def is_met(self) -> bool:
        """Whether the goal, if there is one, is reached."""
        return self.goal is None or self.ratio <= self.goal

    @property
    def _pairs(self) -> Iterator[tuple[Sample, Sample]]:
        return zip(self.ours, self.theirs, strict=True)


def run(program: Program) -> Sample:
    """Run `program` once; raises ProgramError if it fails."""
    program.prepare()
    command = [str(word) for word in program.command]
    with subprocess.Popen(
        command, cwd=program.folder, env=dict(program.environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        started = time.perf_counter()
        assert process.stdout is not None  # noqa: S101 - for the type checker: we asked for a pipe
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ProgramError(f"{program.name} failed:\n{said.decode(errors='replace')[-2000:]}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def compare(name: str, ours: Program, theirs: Program, *, rounds: int, goal: float | None = None) -> Comparison:
    """Run both `rounds` times in pairs after one unmeasured run of each."""
    samples: dict[str, list[Sample]] = {"ours": [], "theirs": []}
    sides = [("ours", ours), ("theirs", theirs)]
    for program in (ours, theirs):
        run(program)
    for _ in range(rounds):
        for side, program in sides:
            samples[side].append(run(program))
        sides.reverse()
    return Comparison(name, tuple(samples["ours"]), tuple(samples["theirs"]), goal)
