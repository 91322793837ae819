"""Which task is known to pass, or to fail, on which combinations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matrix.suites.tasks import Task

_UNKNOWN_S = 5.0
_NARROW = 16


@dataclass(frozen=True)
class Failure:
    """What fails, the fewest answers that show it, and one command that does."""

    task: str
    answers: Mapping[str, str]
    command: str
    said: str
    is_certain: bool = True
    """False if it passed when it was run again."""


@dataclass
class Account:
    """What is known of one task; sets of combinations are bits."""

    task: Task
    passed: int = 0
    failed: int = 0
    runs: int = 0
    known: int = 0
    """Runs of earlier days that still count."""
    seconds: float = 0.0
    _sizes: list[int] = field(default_factory=list)
    _costs: list[float] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Where nothing is known."""
        return self.task.where & ~self.passed & ~self.failed

    @property
    def is_complete(self) -> bool:
        """Whether it is known to pass wherever it is."""
        return not self.task.where & ~self.passed

    @property
    def run_s(self) -> float:
        """What a run takes, as far as is known."""
        return sum(self._costs) / len(self._costs) if self._costs else _UNKNOWN_S

    @property
    def remaining_s(self) -> float:
        """About what it takes to know everything."""
        size = sum(self._sizes) / len(self._sizes) if self._sizes else 1
        return ceil(self.missing.bit_count() / max(size, 1)) * self.run_s

    @property
    def is_narrow(self) -> bool:
        """Whether a run tells of few other combinations, as far as is known."""
        return bool(self._sizes) and max(self._sizes) * _NARROW <= self.task.where.bit_count()

    def has_passed(self, where: int, seconds: float, *, is_new: bool = True) -> None:
        """Credit a run to the combinations that are like the one it ran on."""
        self.passed |= where & self.task.where
        self._sizes.append((where & self.task.where).bit_count())
        self._costs.append(seconds)
        self.known += not is_new
        if is_new:
            self.has_run(seconds)

    def has_run(self, seconds: float) -> None:
        """Count a run."""
        self.runs += 1
        self.seconds += seconds

    def has_failed(self, where: int) -> None:
        """The failure shows on all of these."""
        self.failed |= where & self.task.where & ~self.passed


class Ledger:
    """An account for each task."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.accounts = {task.name: Account(task) for task in tasks}
        self.failures: list[Failure] = []

    def __getitem__(self, task: str) -> Account:
        return self.accounts[task]
