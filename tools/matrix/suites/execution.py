"""Runs one task on one tree, and tells what it depended on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any

from airworthy.manifest import ANSWERS_FILE
from matrix.suites import imports
from matrix.suites.conditions import Condition, stamp
from matrix.suites.environment import variables
from matrix.suites.inside.recorder import TRACKED
from matrix.suites.notes import Notes
from matrix.suites.trace import conditions

if TYPE_CHECKING:
    from collections.abc import Callable

    from matrix.blobs import Tree
    from matrix.combinations import Combination
    from matrix.suites.bench import Bench
    from matrix.suites.conditions import Grounds
    from matrix.suites.tasks import Task

SERVER = Path(__file__).with_name("inside") / "server.py"
TIMEOUT_S = 900
_GRACE_S = 60
_SAID = 6000
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_NO_TESTS = 5


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    passed: bool
    seconds: float
    said: str
    """The end of its output."""
    conditions: frozenset[Condition]


@dataclass
class Machine:
    """A bench with its Python, and the process in it that test modules are forked from."""

    bench: Bench
    grounds: Grounds
    install: Callable[[Bench], Path]
    timeout_s: float = TIMEOUT_S
    _temporary: TemporaryDirectory[str] = field(init=False)
    _server: subprocess.Popen[str] | None = field(default=None, init=False)
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        # Not the folder that all of this user's pytest processes share, and clear at the same time.
        self._temporary = TemporaryDirectory(prefix="suites-", ignore_cleanup_errors=True)

    def run(self, task: Task, combination: Combination) -> Outcome:
        """Run ``task`` on the tree of ``combination``."""
        tree = self.grounds.template.assemble(combination)
        if task.means == "make":
            return self._make(task, combination, tree)
        self.bench.become(tree)
        python = self.install(self.bench)
        self._keep_services(python)
        if task.means == "pytest":
            self._serving(python)  # while it starts it opens what no test does
        self.bench.listen()
        begun = monotonic()
        code, said, notes = self._start(task, python, tree)
        seconds, heard = monotonic() - begun, self.bench.heard()
        seen = notes.seen(heard)
        return Outcome(code == 0, seconds, _COLOUR.sub("", said)[-_SAID:], self._conditions(task, tree, seen))

    def close(self) -> None:
        """End the processes, and stop watching."""
        for process in (self._server, self._keeper):
            if process is not None:
                with suppress(OSError):
                    process.communicate()
        self._temporary.cleanup()
        self.bench.close()

    def _make(self, task: Task, combination: Combination, tree: Tree) -> Outcome:
        """As a person would: in a folder where nothing is installed yet."""
        folder = self.bench.folder.with_name(f"own-{combination.index}")
        begun = monotonic()
        self.grounds.template.write(tree, folder)
        subprocess.run(["git", "init", "--quiet"], cwd=folder, env=variables(), check=True)
        code, said = self._command(["make", task.subject], folder)
        found = frozenset(
            Condition("content", path, stamp(blob)) for path, blob in tree.items() if path != ANSWERS_FILE
        )
        return Outcome(code == 0, monotonic() - begun, _COLOUR.sub("", said)[-_SAID:], found)

    def _conditions(self, task: Task, tree: Tree, seen: Notes) -> frozenset[Condition]:
        if task.means == "mypy":
            return imports.conditions(task.subject, tree, self.grounds)
        return conditions(seen, tree, self.grounds)

    def _start(self, task: Task, python: Path, tree: Tree) -> tuple[int, str, Notes]:
        if task.means == "pytest":
            return self._test(task.subject, python, tree)
        project, _, script = task.subject.partition("/")
        npm = ["npm", "--prefix", project, "run", script]
        code, said = self._command([str(python), "-m", "mypy", task.subject] if task.means == "mypy" else npm)
        return code, said, Notes()

    def _test(self, module: str, python: Path, tree: Tree) -> tuple[int, str, Notes]:
        server = self._serving(python)
        notes, log = self.bench.kept / "notes.jsonl", self.bench.kept / "log.txt"
        notes.unlink(missing_ok=True)
        files = {"notes": str(notes), "log": str(log), "tracked": tree[TRACKED].digest if TRACKED in tree else ""}
        answer = _ask(server, {"module": module, "timeout_s": self.timeout_s, **files})
        if not answer:
            self._server = None
            return 1, "The process that test modules are forked from has died.", Notes()
        said, noted = log.read_text(errors="replace"), Notes.read(notes)
        if not noted.is_whole:
            return 1, f"{said}\nThe run was killed: it took longer than {self.timeout_s:.0f} s, or crashed.", noted
        said += "\nThe module holds no test." if int(answer) == _NO_TESTS else ""
        return int(answer), said, noted

    def _serving(self, python: Path) -> subprocess.Popen[str]:
        if self._server is None:
            self.bench.kept.mkdir(parents=True, exist_ok=True)
            pipe = subprocess.PIPE
            self._server = subprocess.Popen(
                [str(python), str(SERVER)],
                cwd=self.bench.folder,
                env=variables() | {"PYTEST_DEBUG_TEMPROOT": self._temporary.name},
                stdin=pipe,
                stdout=pipe,
                text=True,
            )
            if self._server.stdout:
                self._server.stdout.readline()
        return self._server

    def _command(self, command: list[str], folder: Path | None = None) -> tuple[int, str]:
        with subprocess.Popen(
            command,
            cwd=folder or self.bench.folder,
            env=variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                said, _ = process.communicate(timeout=self.timeout_s)
            except subprocess.TimeoutExpired:
                said = f"{_stop(process)}\nThe run was killed: it took longer than {self.timeout_s:.0f} s."
        return process.returncode, said

    def _keep_services(self, python: Path) -> None:
        """Keep the server that test modules share from being stopped and started for each."""
        if self._keeper is None and (self.bench.folder / "dev/src/devstack/databases.py").is_file():
            hold = "import sys, devstack.databases as d; s = d.shared_server(); print(flush=True); sys.stdin.read()"
            self._keeper = subprocess.Popen(
                [str(python), "-c", hold],
                cwd=self.bench.folder,
                env=variables(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            if self._keeper.stdout:
                self._keeper.stdout.readline()  # until then it opens files, which no test does


def _stop(process: subprocess.Popen[str]) -> str:
    """End a command and what it started; return what it said, where pytest says at which test it was."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.communicate(timeout=_GRACE_S)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


def _ask(server: subprocess.Popen[str], request: dict[str, Any]) -> str:
    if server.stdin is None or server.stdout is None:
        raise ValueError("The server has no pipes.")
    with suppress(BrokenPipeError):
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
    return server.stdout.readline()
