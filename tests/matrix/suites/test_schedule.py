"""What is run next, and what never at the same time."""

from __future__ import annotations

from matrix.combinations import Options
from matrix.suites.ledger import Ledger
from matrix.suites.order import Stage
from matrix.suites.schedule import Schedule
from matrix.suites.tasks import Task

OPTIONS = Options({"jobs": ("postgres", "kafka"), "cache": ("memory", "valkey")})
EVERY = list(OPTIONS)
STAGES = [Stage("presets", EVERY[:1]), Stage("single", EVERY[3:]), Stage("pairs", EVERY[1:3]), Stage("triples", [])]


def scheduled(*tasks: Task, has_time: bool = True) -> tuple[Schedule, Ledger]:
    ledger = Ledger(tasks)
    return Schedule(OPTIONS, STAGES, ledger, lambda _seconds: has_time), ledger


def test_presets_and_single_choices_run_without_time_and_nothing_else() -> None:
    schedule, ledger = scheduled(Task("pytest", "a/tests/test_a.py", OPTIONS.all), has_time=False)
    run = []
    while work := schedule.next(None, ()):
        run.append(work.combination.index)
        ledger[work.task.name].has_passed(1 << work.combination.index, 1)

    assert run == [0, 3]


def test_everything_runs_with_time() -> None:
    schedule, ledger = scheduled(Task("pytest", "a/tests/test_a.py", OPTIONS.all))
    while work := schedule.next(None, ()):
        ledger[work.task.name].has_passed(1 << work.combination.index, 1)

    assert ledger["pytest:a/tests/test_a.py"].is_complete


def test_a_worker_keeps_its_tree_while_there_is_work_for_it() -> None:
    schedule, _ = scheduled(Task("pytest", "a/tests/test_a.py", OPTIONS.all & ~1), has_time=True)

    work = schedule.next(EVERY[2], ())

    assert work
    assert work.combination.index == 3, "a later stage never comes first"


def test_what_starts_the_product_never_runs_twice_at_a_time() -> None:
    walk, runner = (Task("pytest", f"tests/e2e/test_{name}.py", OPTIONS.all) for name in ("walk", "runner"))
    command, other = Task("make", "test", OPTIONS.all), Task("pytest", "a/tests/test_a.py", OPTIONS.all)
    schedule, _ = scheduled(walk, runner, command, other)

    work = schedule.next(None, {walk.name})

    assert work
    assert work.task == other
    assert schedule.next(None, {walk.name, other.name}) is None
