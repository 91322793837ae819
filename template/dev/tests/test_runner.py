"""The runner as a person meets it: a command, Ctrl-C, and a part that dies.

The product is these tests' own, without UI and with a provider elsewhere.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import psutil
import pytest

from devstack.databases import IN_MEMORY
from devstack.fixtures import lent_folder
from devstack.products import TABLE, write_repo
from runtime.product import root

pytestmark = pytest.mark.e2e

STOP_S = 60


@pytest.fixture
def data_folder() -> Iterator[Path]:
    with lent_folder() as folder:
        yield folder


@pytest.fixture
def runner(tmp_path: Path, data_folder: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "models").mkdir()
    for name in ("models/registry.yaml", "models/policy.yaml"):
        copyfile(root() / name, tmp_path / name)
    in_memory = {name.upper(): str(value) for name, value in IN_MEMORY.items()}
    own = {**write_repo(tmp_path), **in_memory, "OIDC_ISSUER": "http://localhost:1"}
    with subprocess.Popen(
        [sys.executable, "-m", "devstack", "--data", str(data_folder)],
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
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
    assert any(f"{TABLE['name']} is ready: http://localhost:" in line for line in lines)
    family = psutil.Process(runner.pid).children(recursive=True)
    words = {word for process in family for word in process.cmdline()}
    assert {"gateway", "model_proxy", "workers"} <= words
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
