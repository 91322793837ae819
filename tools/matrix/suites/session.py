"""Several benches at work on one schedule."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

from matrix.combinations import indices
from matrix.suites.explanation import fewest
from matrix.suites.ledger import Failure
from matrix.suites.schedule import Work
from matrix.suites.tasks import Task
from matrix.suites.trace import Trace

if TYPE_CHECKING:
    from matrix.combinations import Combination
    from matrix.suites.conditions import Grounds
    from matrix.suites.execution import Machine, Outcome
    from matrix.suites.ledger import Ledger
    from matrix.suites.order import Stage
    from matrix.suites.schedule import Schedule
    from matrix.suites.store import Store

_TELL_S = 30.0
_TRIES, _TRIED_S = 24, 600.0
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([\w./-]+\.py)", re.MULTILINE)


@dataclass
class Tries:
    """Runs for one explanation: a failure that hangs must not use up the time of all others."""

    count: int = 0
    begun: float = field(default_factory=monotonic)

    @property
    def are_over(self) -> bool:
        """Whether there have been enough."""
        return self.count >= _TRIES or monotonic() - self.begun > _TRIED_S


@dataclass
class Session:
    """Runs what the schedule says until it says nothing more."""

    grounds: Grounds
    ledger: Ledger
    schedule: Schedule
    store: Store
    usual: Combination
    """What the least surprising repo is made of: a failure is explained by what differs from it."""
    command: Callable[[Task, Combination], str]
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True)
    traces: list[Trace] = field(default_factory=list)
    _busy: list[Work] = field(default_factory=list)
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _fault: BaseException | None = None
    _told: float = field(default_factory=monotonic)

    def recall(self) -> None:
        """Credit the runs of earlier days; what no combination can use any more is forgotten."""
        keep = set()
        for trace in self.store:
            where = self.grounds.where_all(trace.conditions)
            if trace.task in self.ledger.accounts and where & self.ledger[trace.task].task.where:
                self.ledger[trace.task].has_passed(where, trace.seconds, is_new=False)
                self.traces.append(trace)
            if where:
                keep.add(trace.name)
        self.store.prune(keep)

    def work(self, machines: list[Machine]) -> None:
        """Run everything, each machine in a thread of its own; raises what went wrong in one of them."""
        threads = [threading.Thread(target=self._serve, args=[machine], daemon=True) for machine in machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(timeout=1)
        if self._fault:
            raise self._fault

    def _serve(self, machine: Machine) -> None:
        current: Combination | None = None
        try:
            while work := self._take(current):
                current = work.combination
                self._settle(machine, work, self._run(machine, work.task, work.combination))
                with self._turn:
                    self._busy.remove(work)
                    self._turn.notify_all()
        except BaseException as fault:  # noqa: BLE001 - handed to the thread that waits
            with self._turn:
                self._fault = self._fault or fault
                self._turn.notify_all()

    def _take(self, current: Combination | None) -> Work | None:
        with self._turn:
            while not self._fault:
                work = self.schedule.next(current, self._busy)
                if work or not self._busy:
                    self._busy += [work] if work else []
                    return work
                self._turn.wait()
        return None

    def _run(self, machine: Machine, task: Task, combination: Combination) -> Outcome:
        outcome = machine.run(task, combination)
        where = self.grounds.where_all(outcome.conditions)
        with self._turn:
            account = self.ledger[task.name]
            if outcome.passed:
                account.has_passed(where, outcome.seconds)
                trace = Trace(task.name, outcome.seconds, combination.answers, outcome.conditions)
                self.traces.append(trace)
                self.store.add(trace)
            else:
                account.has_run(outcome.seconds)
        self._progress()
        return outcome

    def _settle(self, machine: Machine, work: Work, outcome: Outcome) -> None:
        if outcome.passed:
            return
        task, combination = work
        failure = Failure(task.name, combination.answers, self.command(task, combination), outcome.said)
        self._tell("FAILED", failure)
        if task.means == "make":
            with self._turn:
                self.ledger[task.name].has_failed(1 << combination.index)
            self._report(failure)
            self._blame(machine, combination, outcome)
        else:
            self._explain(machine, work, failure)

    def _blame(self, machine: Machine, combination: Combination, outcome: Outcome) -> None:
        """Find the module that made a whole command fail: minutes against seconds a run."""
        for module in dict.fromkeys(_FAILED.findall(outcome.said)):
            name = f"pytest:{module}"
            self.tell(f"  {module}: {self.command(Task('pytest', module, 0), combination)}")
            with self._turn:
                is_free = name in self.ledger.accounts and all(work.task.name != name for work in self._busy)
                work = Work(self.ledger[name].task, combination) if is_free else None
                self._busy += [work] if work else []
            if work:
                self._settle(machine, work, self._run(machine, work.task, combination))
                with self._turn:
                    self._busy.remove(work)

    def _explain(self, machine: Machine, work: Work, failure: Failure) -> None:
        task, account = work.task, self.ledger[work.task.name]
        tries = Tries()
        if not self._fails(machine, task, work.combination, 0, tries):
            self._report(replace(failure, is_certain=False))
            return
        answers = fewest(
            self.grounds.options,
            work.combination,
            self.usual,
            lambda other: self._fails(machine, task, other, account.failed, tries),
        )
        with self._turn:
            account.has_failed(self.grounds.options.where(answers) & ~account.passed)
        example = self.grounds.options.find({**self.usual.answers, **answers})
        self._report(replace(failure, answers=answers, command=self.command(task, example)))

    def _fails(self, machine: Machine, task: Task, combination: Combination, failed: int, tries: Tries) -> bool:
        """Whether it fails there; run only if that is not known, and not for ever: then it counts as passing."""
        bit = 1 << combination.index
        if not task.where & bit or self.ledger[task.name].passed & bit:
            return False
        if failed & bit:
            return True
        if tries.are_over:
            return False
        tries.count += 1
        outcome = self._run(machine, task, combination)
        if not outcome.passed:
            with self._turn:
                self.ledger[task.name].has_failed(self.grounds.where_all(outcome.conditions))
        return not outcome.passed

    def _report(self, failure: Failure) -> None:
        with self._turn:
            self.ledger.failures.append(failure)
        self._tell("EXPLAINED" if failure.is_certain else "UNSTEADY", replace(failure, said=""))

    def _tell(self, what: str, failure: Failure) -> None:
        answers = " ".join(f"{name}={value}" for name, value in failure.answers.items()) or "any answers"
        self.tell(f"{what} {failure.task} with {answers}\n  {failure.command}\n{failure.said}".rstrip())

    def _progress(self) -> None:
        if monotonic() - self._told >= _TELL_S:
            self._told = monotonic()
            accounts = list(self.ledger.accounts.values())
            runs, complete = sum(account.runs for account in accounts), sum(account.is_complete for account in accounts)
            self.tell(f"{runs} runs, {complete} of {len(accounts)} suites complete; now {self.schedule.stage}")

    def verify(self, machine: Machine, number: int, seed: str) -> list[str]:
        """Run some of what was only credited; a sentence for each credit that should not have been given."""
        chooser = Random(seed)  # noqa: S311 - any sample will do, the same one each time
        found = []
        for trace in chooser.sample(self.traces, min(number, len(self.traces))):
            task = self.ledger[trace.task].task
            ran_on = self.grounds.options.find(trace.ran_on)
            where = self.grounds.where_all(trace.conditions) & task.where & ~(1 << ran_on.index)
            if where:
                other = self.grounds.options.combination(chooser.choice(list(indices(where))))
                found += self._doubts(machine, task, ran_on, other)
        return found

    def floor(self, stages: list[Stage]) -> list[Trace]:
        """The runs that presets and single choices need, each once; without whole commands, which always run."""
        found, covered = [], dict.fromkeys(self.ledger.accounts, 0)
        wanted = sum(1 << each for each in {each.index for stage in stages[:2] for each in stage.combinations})
        for trace in self.traces:
            where = self.grounds.where_all(trace.conditions) & self.ledger[trace.task].task.where & wanted
            if where & ~covered[trace.task] and self.ledger[trace.task].task.means != "make":
                covered[trace.task] |= where
                found.append(trace)
        return found

    def _doubts(self, machine: Machine, task: Task, ran_on: Combination, other: Combination) -> list[str]:
        outcome = machine.run(task, other)
        is_alike = bool(self.grounds.where_all(outcome.conditions) >> ran_on.index & 1)
        if outcome.passed and is_alike:
            return []
        why = "reads something else there" if outcome.passed else f"fails there:\n{outcome.said}"
        credit = f"{task.name} was credited to {dict(other.answers)} for a run on {dict(ran_on.answers)}"
        return [f"unsound key: {credit}, but {why}"]
