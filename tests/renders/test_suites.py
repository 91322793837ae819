"""The generated repos run: presets by the commands of their README, the rest suite by suite."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.conftest import RUN_FOLDER
from tests.renders.conftest import SHARED_FOLDER, exclusive, files, folder
from tests.renders.neighbourhood import Suite
from tests.renders.selection import Selection
from tests.renders.workbench import Workbench

OURS = {RUN_FOLDER, "VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in OURS and not name.startswith(("PYTEST_", "COV_"))
}


def _run(repo: Path, *command: str) -> None:
    done = subprocess.run(
        command, cwd=repo, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-6000:]
        pytest.fail(f"{' '.join(command)} in {repo} exited with {done.returncode}\n{said}", pytrace=False)


# covers R-0114
@pytest.mark.presets
@pytest.mark.parametrize("command", ["check", "test"])
def test_preset_passes_its_own_command(selection: Selection, command: str) -> None:
    with exclusive(f"{selection.name}.suites"):
        _run(folder(selection), "make", command)


@pytest.fixture(scope="session")
def workbench(worker_id: str) -> Workbench:
    return Workbench(SHARED_FOLDER / f"workbench-{worker_id}")


# covers R-0114
def test_suite_of_a_choice_passes(lone_suite: tuple[Suite, Selection], workbench: Workbench) -> None:
    suite, selection = lone_suite
    workbench.become(files(selection), folder(selection))
    _run(workbench.folder, "make", "setup")
    for command in _commands(suite.component):
        _run(workbench.folder, *command)


def _commands(component: str) -> list[list[str]]:
    if component == "ui":
        return [["npm", "--prefix", "ui", "run", "check"], ["npm", "--prefix", "ui", "test"]]
    tests = [".venv/bin/python", "-m", "pytest", "-q", component]
    return [tests] if component == "infra" else [[".venv/bin/mypy", component], tests]
