"""A checkout of our own: all of the generator and its questions, a little of the template: its renders are quick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.published import Published

PATHS = (
    "copier.yml",
    "pyproject.toml",
    "generator",
    "template/Makefile",
    "template/README.md.jinja",
    "template/docs/domains",
    "template/infra/compose",
    "template/infra/vm",
    "template/product.toml.jinja",
    "template/prompts",
    "template/ui/package.json",
    "template/*answers_file*",
)

Run = subprocess.CompletedProcess[str]


class Checkout:
    """The command line, run in a process of its own from a copy of this repo."""

    def __init__(self, folder: Path) -> None:
        self.published = Published(folder, *PATHS)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "airworthy"]

    def environment(self, **variables: str) -> dict[str, str]:
        """No settings of this machine, and nobody whom git knows."""
        known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        known.pop("NO_COLOR", None)
        ours = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return known | ours | {"PYTHONPATH": str(self.published.folder / "generator")} | variables

    def run(self, *words: str | Path, cwd: Path, **variables: str) -> Run:
        """Run it with nobody to ask."""
        return subprocess.run(
            [*self.command, *map(str, words)],
            cwd=cwd,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
