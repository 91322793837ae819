"""Command line parsing whose mistakes read like every other message of ours."""

from __future__ import annotations

import argparse
from typing import NoReturn

from airworthy.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError, and keeps the line breaks of its examples."""

    def __init__(self, prog: str, description: str, examples: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=f"examples:\n{examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise UsageError."""
        raise UsageError(f"{self.prog}: {message}.", f"`{self.prog} --help` shows what it takes.")
