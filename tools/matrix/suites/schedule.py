"""What to run next: what every person meets first, then what completes most for the least time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matrix.combinations import Combination, Options
    from matrix.suites.ledger import Account, Ledger
    from matrix.suites.order import Stage
    from matrix.suites.tasks import Task

_CHEAP_S = 120.0


class Work(NamedTuple):
    """One run."""

    task: Task
    combination: Combination


class Schedule:
    """Presets and single choices are always run; all else while ``has_time``, which is told what a run takes."""

    def __init__(
        self, options: Options, stages: list[Stage], ledger: Ledger, has_time: Callable[[float], bool]
    ) -> None:
        self._options = options
        self._floor, self._pairs, self._beyond = stages[:2], stages[2:3], stages[3:]
        self._ledger = ledger
        self._has_time = has_time
        self.stage = ""

    def next(self, current: Combination | None, busy: Collection[str]) -> Work | None:
        """The next run for a worker that has the tree ``current``; ``busy`` tasks are running elsewhere."""
        idle = [account for name, account in self._ledger.accounts.items() if name not in busy and account.missing]
        if any(self._ledger[name].task.starts_product for name in busy):
            idle = [account for account in idle if not account.task.starts_product]
        return next(self._work(idle, current), None)

    def _work(self, idle: list[Account], current: Combination | None) -> Iterator[Work]:
        for stage in self._floor:
            yield from self._staged(stage, idle, current)
        idle = [account for account in idle if self._has_time(account.run_s)]
        for stage in self._pairs:
            yield from self._staged(stage, idle, current)
        yield from self._completing([account for account in idle if account.remaining_s <= _CHEAP_S], current)
        for stage in self._beyond:
            yield from self._staged(stage, idle, current)
        yield from self._completing(idle, current)

    def _staged(self, stage: Stage, idle: list[Account], current: Combination | None) -> Iterator[Work]:
        self.stage = stage.name
        known = [each for each in stage.combinations if current and each.index == current.index]
        for combination in [*known, *stage.combinations]:
            pending = [account for account in idle if account.missing >> combination.index & 1]
            if pending:
                yield Work(max(pending, key=lambda account: account.run_s).task, combination)

    def _completing(self, idle: list[Account], current: Combination | None) -> Iterator[Work]:
        self.stage = "everything else"
        for account in sorted(idle, key=lambda account: account.remaining_s):
            missing = account.missing
            is_here = current is not None and missing >> current.index & 1
            lowest = (missing & -missing).bit_length() - 1
            yield Work(account.task, current if is_here and current else self._options.combination(lowest))
