"""The runner as a person meets it: a command, Ctrl-C, and a part that dies."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.product import load_product

pytestmark = pytest.mark.e2e

STOP_S = 60


@pytest.fixture
def runner(data_folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "devstack", "--no-ui", "--data", str(data_folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=STOP_S)


def _read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line)
        if text in line:
            return lines
    pytest.fail(f"{text!r} was never said:\n{''.join(lines)}")


def test_ctrl_c_stops_everything(runner: subprocess.Popen[str], data_folder: Path) -> None:
    lines = _read_until(runner, "Ctrl-C stops everything")
    assert any(f"{load_product().name} is ready: http://localhost:" in line for line in lines)
    family = psutil.Process(runner.pid).children(recursive=True)
    assert len(family) >= 4
    assert (data_folder / "postgres" / "postmaster.pid").exists()
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=STOP_S)
    assert runner.returncode == 0
    assert [process for process in family if process.is_running()] == []
    assert not (data_folder / "postgres" / "postmaster.pid").exists()


def test_a_part_that_dies_ends_the_run_loudly(runner: subprocess.Popen[str]) -> None:
    _read_until(runner, "Ctrl-C stops everything")
    children = psutil.Process(runner.pid).children()
    (gateway,) = (child for child in children if "gateway" in child.cmdline())
    gateway.kill()
    said, _ = runner.communicate(timeout=STOP_S)
    assert runner.returncode == 1
    assert "gateway ended with code -9. It last said:" in said
