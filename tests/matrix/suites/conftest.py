"""A template of a few files whose suites run in moments, by the Python that runs these tests."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from matrix.__main__ import main
from matrix.suites.report import Report

QUESTIONS = """
_subdirectory: template
_envops: {block_start_string: "# {%", trim_blocks: true, lstrip_blocks: true, keep_trailing_newline: true}
# --- People ---
preset: {type: str, default: plain, choices: {Plain: plain}}
# --- Parts ---
jobs: {type: str, default: postgres, choices: {P: postgres, K: kafka}}
cache: {type: str, default: memory, choices: {M: memory, V: valkey, R: redis}}
idp: {type: str, default: generic, choices: {G: generic, E: entra}}
_exclude:
  - "{{ '/app/kafka.txt' if jobs | default('postgres') != 'kafka' else '' }}"
  - "{{ '/app/tests/test_kafka.py' if jobs | default('postgres') != 'kafka' else '' }}"
"""
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['--import-mode=importlib']\n",
    "requirements.lock": "",
    "app/jobs.txt.jinja": "{{ jobs }}\n",
    "app/cache.txt.jinja": "{{ cache }}\n",
    "app/idp.txt.jinja": "{{ idp }}\n",
    "app/kafka.txt": "here\n",
    "app/other.txt": "nobody reads this\n",
    "app/tests/test_kafka.py": "def test_kafka():\n    pass\n",
}


@dataclass(frozen=True)
class Toy:
    """A template in a folder, and the command line for it."""

    root: Path

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / "template" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "template" / path).write_text(text)

    @property
    def fixed(self) -> list[str]:
        return ["--root", str(self.root), "--cache", str(self.root / ".matrix"), "--processes", "1", "--samples", "0"]

    def run(self, *arguments: str) -> Report:
        """Run the suites; the report."""
        code, report = self.try_out(*arguments)
        assert code == report.is_red
        return report

    def try_out(self, *arguments: str) -> tuple[int, Report]:
        """Run the suites, whatever the checks of the files say; the exit code, and the report."""
        file = self.root / "report.json"
        code = main([*self.fixed, "--try", "0", *arguments, "--json", str(file)])
        return code, Report.parse(json.loads(file.read_text())["suites"])

    def repeat(self, command: str) -> int:
        """Do what a failure says will show it."""
        program, target, arguments = shlex.split(command)
        assert (program, target) == ("make", "matrix")
        return main([*self.fixed, *shlex.split(arguments.removeprefix("ARGS="))])


@pytest.fixture
def toy(tmp_path: Path) -> Callable[..., Toy]:
    """Make one with these test modules (name → body of the only test) and other files."""

    def make(files: Mapping[str, str] | None = None, **tests: str) -> Toy:
        made = Toy(tmp_path / "toy")
        made.write(FILES | dict(files or {}))
        made.write({f"app/tests/test_{name}.py": _module(body) for name, body in tests.items()})
        (made.root / "copier.yml").write_text(QUESTIONS)
        return made

    return make


def _module(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"from pathlib import Path\n\nAPP = Path(__file__).parents[1]\n\n\ndef test_it():\n{lines}"
