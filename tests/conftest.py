"""What all tests share."""

import os
import secrets

import pytest

# Workers inherit it, so that all of them try the same answers.
os.environ.setdefault("AIRWORTHY_MATRIX_SEED", str(secrets.randbelow(1_000_000)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"matrix: seed {os.environ['AIRWORTHY_MATRIX_SEED']}")
