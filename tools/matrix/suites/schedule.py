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

    def next(self, current: Combination | None, busy: Collection[Work]) -> Work | None:
        """The next run for a worker that has the tree ``current``, while ``busy`` is run elsewhere.

        A task runs on two combinations at a time only where a worker would have nothing else to do in that stage: what
        one run sees may make the other one needless.
        """
        names = {work.task.name for work in busy}
        accounts = [account for account in self._ledger.accounts.values() if account.missing]
        if any(work.task.is_command for work in busy):
            accounts = [account for account in accounts if not account.task.is_command]
        idle = [account for account in accounts if account.task.name not in names]
        narrow = [account for account in accounts if account.task.name in names and account.is_narrow]
        return next((work for work in self._work(idle, narrow, current) if work not in busy), None)

    def _work(self, idle: list[Account], narrow: list[Account], current: Combination | None) -> Iterator[Work]:
        yield from self._staged(self._floor, idle, narrow, current)
        idle, narrow = ([account for account in each if self._has_time(account.run_s)] for each in (idle, narrow))
        yield from self._staged(self._pairs, idle, narrow, current)
        yield from self._completing([account for account in idle if account.remaining_s <= _CHEAP_S], current)
        yield from self._staged(self._beyond, idle, narrow, current)
        yield from self._completing(idle, current)

    def _staged(
        self, stages: list[Stage], idle: list[Account], narrow: list[Account], current: Combination | None
    ) -> Iterator[Work]:
        for accounts in (idle, narrow):
            for stage in stages:
                self.stage = stage.name
                known = [each for each in stage.combinations if current and each.index == current.index]
                for combination in [*known, *stage.combinations]:
                    pending = [account for account in accounts if account.missing >> combination.index & 1]
                    for account in sorted(pending, key=lambda account: -account.run_s):
                        yield Work(account.task, combination)

    def _completing(self, idle: list[Account], current: Combination | None) -> Iterator[Work]:
        self.stage = "everything else"
        for account in sorted(idle, key=lambda account: account.remaining_s):
            missing = account.missing
            is_here = current is not None and missing >> current.index & 1
            lowest = (missing & -missing).bit_length() - 1
            yield Work(account.task, current if is_here and current else self._options.combination(lowest))
