"""What all tests share."""

import os
import secrets
import signal

import pytest

# Workers inherit it, so that all of them try the same answers.
os.environ.setdefault("AIRWORTHY_MATRIX_SEED", str(secrets.randbelow(1_000_000)))
# Programs ignore Ctrl-C for life that a shell started in the background, and so does all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"matrix: seed {os.environ['AIRWORTHY_MATRIX_SEED']}")
