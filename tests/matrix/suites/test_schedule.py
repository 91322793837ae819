"""What is run next, and what never at the same time."""

from __future__ import annotations

from matrix.combinations import Options
from matrix.suites.ledger import Ledger
from matrix.suites.order import Stage
from matrix.suites.schedule import Schedule, Work
from matrix.suites.tasks import Task

OPTIONS = Options({"jobs": ("postgres", "kafka"), "cache": ("memory", "valkey")})
EVERY = list(OPTIONS)
MANY = Options({"domain": tuple("abcdefgh"), "region": tuple("abcdefgh")})


def scheduled(*tasks: Task, has_time: bool = True, options: Options = OPTIONS) -> tuple[Schedule, Ledger]:
    ledger, every = Ledger(tasks), list(options)
    stages = [Stage("presets", every[:1]), Stage("single", every[3:4]), Stage("pairs", every[1:3])]
    return Schedule(options, stages, ledger, lambda _seconds: has_time), ledger


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


def test_commands_never_run_two_at_a_time() -> None:
    check, test = (Task("make", command, OPTIONS.all) for command in ("check", "test"))
    other = Task("pytest", "a/tests/test_a.py", OPTIONS.all)
    schedule, _ = scheduled(check, test, other)

    work = schedule.next(None, [Work(check, EVERY[0])])

    assert work
    assert work.task == other
    assert schedule.next(None, [Work(check, EVERY[0]), work]) is None


def test_a_task_that_tells_little_runs_on_two_combinations_rather_than_begin_a_later_stage() -> None:
    walk, other = Task("pytest", "tests/e2e/test_walk.py", MANY.all), Task("pytest", "a/tests/test_a.py", MANY.all)
    schedule, ledger = scheduled(walk, other, options=MANY)
    first, second, third, fourth = list(MANY)[:4]
    ledger[walk.name].has_passed(1 << 9, 40)
    ledger[other.name].has_passed(0b1001, 1)

    assert schedule.next(None, [Work(walk, first)]) == Work(walk, fourth)
    assert schedule.next(None, [Work(walk, first), Work(walk, fourth)]) == Work(other, second)
    busy = [Work(walk, first), Work(walk, fourth), Work(other, second)]
    assert schedule.next(None, busy) == Work(walk, second)
    assert schedule.next(None, [*busy, Work(walk, second)]) == Work(walk, third)


def test_a_task_that_may_tell_much_never_runs_two_at_a_time() -> None:
    task = Task("pytest", "a/tests/test_a.py", MANY.all)
    schedule, ledger = scheduled(task, options=MANY)
    busy = [Work(task, next(iter(MANY)))]

    assert schedule.next(None, busy) is None, "nothing is known of it"
    ledger[task.name].has_passed(0b111110, 1)
    assert schedule.next(None, busy) is None
