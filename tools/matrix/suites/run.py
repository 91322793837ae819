"""Puts the parts together: what the command line asks for, done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from matrix.suites import order, tasks
from matrix.suites.bench import Bench
from matrix.suites.conditions import Grounds
from matrix.suites.environment import Environment
from matrix.suites.execution import TIMEOUT_S, Machine
from matrix.suites.ledger import Ledger
from matrix.suites.reach import reach
from matrix.suites.report import Report
from matrix.suites.schedule import Schedule
from matrix.suites.session import Session
from matrix.suites.shards import Shard
from matrix.suites.store import Store

if TYPE_CHECKING:
    from matrix.combinations import Combination
    from matrix.suites.execution import Outcome
    from matrix.suites.tasks import Task
    from matrix.template import Template


class MissingSuiteError(Exception):
    """A suite was asked for that the combination does not have."""


@dataclass(frozen=True)
class Wishes:
    """What a person may ask for."""

    folder: Path
    """Benches and the cache of results."""
    shard: Shard = field(default_factory=Shard)
    workers: int = 2
    budget_min: float = 2.0
    """After which nothing is begun beyond presets, single choices and pairs."""
    verified: int = 4
    """How many credits are tried out."""
    only: str = ""
    """Run the tasks alone whose names contain this."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Only in combinations with these answers."""
    commands: bool = False
    """Whether the presets' own `make check` and `make test` run too."""
    timeout_s: float = TIMEOUT_S


@dataclass
class Suites:
    """The suites of one template."""

    template: Template
    wishes: Wishes
    _phases: dict[str, float] = field(default_factory=dict)

    def run(self) -> Report:
        """Run what is not known yet, and report."""
        grounds = Grounds(self.template)
        with self._phase("finding suites"):
            ledger = Ledger(self._tasks(grounds))
            stages = order.stages(self.template)
        session = self._session(grounds, ledger, stages)
        with self._phase("recalling results"):
            session.recall()
        machines = [self._machine(grounds, number) for number in range(1, self.wishes.workers + 1)]
        try:
            with self._phase("running suites"):
                session.work(machines)
            with self._phase("trying credits out"):
                doubts = session.verify(machines[0], self.wishes.verified, self._setting)
        finally:
            for machine in machines:
                machine.close()
        changes = reach(self.template.files, session.floor(stages), self.wishes.workers)
        return replace(Report.of(self.template.options, ledger, doubts, self._phases, stages), changes=changes)

    def run_one(self, name: str) -> Outcome:
        """Run one task on the first combination that is asked for, whatever is known; raises MissingSuiteError."""
        grounds = Grounds(self.template)
        usual = order.presets(self.template)[0]
        combination = self.template.options.find({**usual.answers, **self.wishes.where})
        task = next((task for task in self._tasks(grounds) if task.name == name), None)
        if task is None or not task.where >> combination.index & 1:
            raise MissingSuiteError(f"{name} is not in {dict(combination.answers)}.")
        machine = self._machine(grounds, 1)
        try:
            return machine.run(task, combination)
        finally:
            machine.close()

    def _tasks(self, grounds: Grounds) -> list[Task]:
        presets, within = order.presets(self.template), self.template.options.where(self.wishes.where)
        every = tasks.find(grounds) + (tasks.commands(presets) if self.wishes.commands else [])
        inside = [replace(task, where=task.where & within) for task in every]
        return self.wishes.shard.of([task for task in inside if task.where and self.wishes.only in task.name])

    def _session(self, grounds: Grounds, ledger: Ledger, stages: list[order.Stage]) -> Session:
        deadline = monotonic() + self.wishes.budget_min * 60
        schedule = Schedule(grounds.options, stages, ledger, lambda seconds: monotonic() + seconds < deadline)
        store = Store(self.wishes.folder / "suites", self._setting)
        return Session(grounds, ledger, schedule, store, stages[0].combinations[0], self._command)

    def _command(self, task: Task, combination: Combination) -> str:
        answers = ",".join(f"{name}={value}" for name, value in combination.answers.items())
        return f'make matrix ARGS="--suite {task.name} --where {answers}"'

    def _machine(self, grounds: Grounds, number: int) -> Machine:
        bench = Bench(self.wishes.folder / f"bench-{number}", self.template.blobs)
        return Machine(bench, grounds, self._environment.install, self.wishes.timeout_s)

    @property
    def _environment(self) -> Environment:
        return Environment(self.template)

    @property
    def _setting(self) -> str:
        return self._environment.digest

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        begun = monotonic()
        yield
        self._phases[name] = monotonic() - begun
