"""One folder per run that all workers share, gone at its end."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

RENDERS, REPORT = "renders", "suites.txt"
RUN_FOLDER = "AIRWORTHY_TEST_RUN_FOLDER"
os.environ.setdefault("AIRWORTHY_MATRIX_SEED", str(secrets.randbelow(1_000_000)))
# Workers inherit the variable, so only the run's first process makes the folder, and removes it.
IS_FIRST = RUN_FOLDER not in os.environ
if IS_FIRST:
    os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="airworthy-tests-")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"matrix: seed {os.environ['AIRWORTHY_MATRIX_SEED']}")
    report = Path(os.environ[RUN_FOLDER]) / RENDERS / REPORT
    if report.exists():
        terminalreporter.write(report.read_text())


def pytest_unconfigure() -> None:
    if IS_FIRST:
        shutil.rmtree(os.environ[RUN_FOLDER], ignore_errors=True)
