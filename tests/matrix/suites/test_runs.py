"""Whole runs over a small template: what is credited, what fails and why, what is run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from matrix.suites import session
from matrix.suites.report import merge

if TYPE_CHECKING:
    from tests.matrix.suites.conftest import Toy

Make = Callable[..., "Toy"]
COUNT = 12
READS_JOBS = "assert (APP / 'jobs.txt').read_text()"
READS_CACHE = "assert (APP / 'cache.txt').read_text()"


# covers R-0114
def test_a_suite_runs_once_for_all_that_look_alike(toy: Make) -> None:
    report = toy(jobs=READS_JOBS, nothing="pass").run()

    assert report.lines["pytest:app/tests/test_jobs.py"].runs == 2
    assert report.lines["pytest:app/tests/test_nothing.py"].runs == 1
    assert report.lines["pytest:app/tests/test_kafka.py"].runs == 1
    assert report.full == COUNT
    assert not report.is_red


def test_tests_of_no_component_share_what_they_start(toy: Make) -> None:
    first = "import os\n\n\ndef test_starts():\n    os.environ['STARTED'] = 'yes'\n"
    second = "import os\n\n\ndef test_is_started():\n    assert os.environ['STARTED'] == 'yes'\n"
    report = toy({"tests/e2e/test_a.py": first, "tests/e2e/test_b.py": second}).run("--only", "e2e")

    assert [(name, line.runs) for name, line in report.lines.items()] == [("pytest:tests/e2e", 1)]
    assert not report.is_red


@pytest.mark.parametrize(
    "looks",
    [
        "assert (APP / 'kafka.txt').exists() in (True, False)",
        "assert list(APP.glob('*.txt'))",
        "assert list(APP.iterdir())",
        "import subprocess; subprocess.run(['cat', str(APP / 'jobs.txt')], check=True)",
        "import subprocess; subprocess.run(['ls', str(APP)], check=True); open(APP / 'jobs.txt').close()",
    ],
)
def test_every_way_to_look_counts(toy: Make, looks: str) -> None:
    report = toy(looks=looks).run("--only", "looks")

    assert report.lines["pytest:app/tests/test_looks.py"].runs == 2


def test_a_failure_of_three_choices_is_told_with_exactly_these(toy: Make) -> None:
    reads = "read = [(APP / f'{name}.txt').read_text().strip() for name in ('jobs', 'cache', 'idp')]"
    made = toy(three=f"{reads}\nassert read != ['kafka', 'redis', 'entra']", fine=READS_CACHE)

    report = made.run()

    (failure,) = report.failures
    assert failure.task == "pytest:app/tests/test_three.py"
    assert failure.answers == {"jobs": "kafka", "cache": "redis", "idp": "entra"}
    assert failure.is_certain
    assert int(report.lines[failure.task].failed, 16).bit_count() == 1
    assert made.repeat(failure.command) == 1
    assert made.repeat(failure.command.replace("entra", "generic")) == 0
    assert "FAILED pytest:app/tests/test_three.py with jobs=kafka cache=redis idp=entra" in report.text()


def test_a_failure_everywhere_needs_no_answers(toy: Make) -> None:
    report = toy(broken="assert not APP", fine="pass").run()

    assert [(failure.task, failure.answers) for failure in report.failures] == [("pytest:app/tests/test_broken.py", {})]
    assert report.full == 0


def test_a_failure_that_does_not_come_again_is_red_and_told_apart(toy: Make) -> None:
    once = "seen = Path(__file__).parents[3] / 'seen'\nif not seen.exists():\n    seen.touch()\n    raise ValueError"

    (failure,) = toy(once=once).run().failures

    assert not failure.is_certain


def test_an_unsound_key_is_found_by_trying_a_credit_out(toy: Make) -> None:
    hidden = "import posix\nassert posix.stat(APP / 'which.txt').st_size < 6"
    which = "{{ 'this' if (jobs, cache, idp) == ('postgres', 'memory', 'generic') else 'another' }}\n"

    report = toy({"app/which.txt.jinja": which}, hidden=hidden).run("--only", "hidden", "--try", "1")

    (doubt,) = report.doubts
    assert "unsound key: pytest:app/tests/test_hidden.py was credited to" in doubt
    assert report.is_red


def test_a_change_reruns_what_it_reaches_and_nothing_else(toy: Make) -> None:
    made = toy(jobs=READS_JOBS, cache=READS_CACHE)
    assert sum(line.runs for line in made.run().lines.values()) == 6

    assert sum(line.runs for line in made.run().lines.values()) == 0
    made.write({"app/other.txt": "still nobody reads this\n"})
    assert sum(line.runs for line in made.run().lines.values()) == 0
    made.write({"app/jobs.txt.jinja": "changed: {{ jobs }}\n"})
    again = {name: line.runs for name, line in made.run().lines.items() if line.runs}
    assert again == {"pytest:app/tests/test_jobs.py": 2}


def test_a_failure_is_not_remembered(toy: Make) -> None:
    made = toy(broken="raise ValueError")
    made.run()
    made.write({"app/tests/test_broken.py": "def test_it():\n    pass\n"})

    report = made.run()

    assert not report.is_red
    assert report.full == COUNT


def test_a_killed_run_leaves_what_it_knew(toy: Make) -> None:
    made = toy(a="pass", z="(Path(__file__).parents[3] / 'gate').read_text()")
    gate = made.root / ".matrix" / "gate"
    gate.parent.mkdir()
    os.mkfifo(gate)
    command = [sys.executable, "-m", "matrix", *made.fixed]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment) as running:
        Thread(target=_open_after, args=[running, gate], daemon=True).start()
        with gate.open("w"):  # takes until test_z opens its other end
            running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    gate.unlink()
    gate.touch()
    stray = next((made.root / ".matrix" / "suites").glob("*/*")) / "half.part"
    stray.write_text("{")

    report = made.run()

    assert report.lines["pytest:app/tests/test_a.py"].known == 1
    assert report.lines["pytest:app/tests/test_a.py"].runs == 0
    assert report.full == COUNT
    assert not stray.exists()


def _open_after(running: subprocess.Popen[bytes], gate: Path) -> None:
    running.wait()
    os.close(os.open(gate, os.O_RDONLY | os.O_NONBLOCK))


def test_shards_are_disjoint_and_add_up(toy: Make) -> None:
    made = toy(jobs=READS_JOBS, cache=READS_CACHE, broken="raise ValueError", nothing="pass")
    whole = made.run("--cache", str(made.root / "whole"))
    parts = [made.run("--shard", f"{number}/2", "--cache", str(made.root / f"{number}")) for number in (1, 2)]

    assert not parts[0].lines.keys() & parts[1].lines.keys()
    assert all(part.lines for part in parts)
    merged = merge(parts)
    assert merged.full == whole.full
    assert merged.lines.keys() == whole.lines.keys()
    for name, line in merged.lines.items():
        other = whole.lines[name]
        assert (line.where, line.passed, line.failed, line.runs) == (
            other.where,
            other.passed,
            other.failed,
            other.runs,
        )
    assert [failure.task for failure in merged.failures] == [failure.task for failure in whole.failures]
    with pytest.raises(ValueError, match="not shards of one run"):
        merge([parts[0], parts[0]])


def test_a_run_that_takes_too_long_is_ended_and_told(toy: Make) -> None:
    made = toy(stuck="import threading\nthreading.Event().wait()")

    (failure,) = made.run("--only", "stuck", "--timeout", "2").failures

    assert "longer than 2 s" in failure.said


def test_a_command_that_takes_too_long_may_clean_up(toy: Make, tmp_path: Path) -> None:
    left = tmp_path / "left"
    cleans = f"trap 'rm {left}; exit 1' INT; touch {left}; sleep 60 >/dev/null 2>&1 & wait"
    made = toy({"Makefile": f"test:\n\t@{cleans}\ncheck:\n\t@true\n"}, a="pass")

    report = made.run("--commands", "--only", "make:test", "--budget", "0", "--timeout", "2")

    assert "longer than 2 s" in report.failures[0].said
    assert not left.exists()


def test_a_changed_file_is_put_back(toy: Make) -> None:
    made = toy(a="(APP / 'other.txt').write_text('spoilt')", b="assert 'nobody' in (APP / 'other.txt').read_text()")

    assert not made.run().is_red


def test_a_failing_command_is_told_with_its_modules_and_runs_once(toy: Make, capfd: pytest.CaptureFixture[str]) -> None:
    says = "test:\n\t@echo 'FAILED app/tests/test_a.py::test_it - ValueError'; false\ncheck:\n\t@true\n"
    made = toy({"Makefile": says}, a="pass")

    report = made.run("--commands", "--budget", "0")

    (failure,) = report.failures
    assert (failure.task, report.lines["make:test"].runs) == ("make:test", 1)
    told = capfd.readouterr().err
    assert "FAILED make:test with jobs=postgres cache=memory idp=generic" in told
    assert '  app/tests/test_a.py: make matrix ARGS="--suite pytest:app/tests/test_a.py --where jobs=postgres' in told


def test_an_explanation_ends_after_some_runs(toy: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_TRIES", 1)
    made = toy(cache="assert 'redis' not in (APP / 'cache.txt').read_text()")

    (failure,) = made.run().failures

    assert failure.is_certain
    assert failure.answers["cache"] == "redis"
    assert made.repeat(failure.command) == 1


def test_the_report_says_how_far_it_came(toy: Make) -> None:
    made = toy(jobs=READS_JOBS, cache=READS_CACHE)

    assert "presets 1 of 1, " in made.run("--budget", "0").text()
    assert "all 12 of 12" in made.run().text()


def test_the_report_says_what_a_change_of_each_file_costs(toy: Make) -> None:
    made = toy(jobs=READS_JOBS, cache=READS_CACHE)

    report = made.run()

    ran = {name: line.seconds for name, line in report.lines.items()}
    assert report.changes["app/jobs.txt"] == pytest.approx(ran["pytest:app/tests/test_jobs.py"], abs=0.2)
    assert 0 < report.changes["app/tests/test_cache.py"] < sum(ran.values())
    assert report.changes["app/other.txt"] == 0
    assert made.run().changes == pytest.approx(report.changes, abs=0.2)
    assert "suites after a change of one file" in report.text()


def test_the_report_says_no_costs_where_only_commands_ran(toy: Make) -> None:
    made = toy({"Makefile": "test:\n\t@true\ncheck:\n\t@true\n"})

    report = made.run("--commands", "--only", "make:")

    assert report.full == COUNT
    assert "after a change" not in report.text()
