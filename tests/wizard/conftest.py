"""A person at a terminal: keys go in, and the screen is read as an emulator draws it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest
from tests.checkout import Checkout

from airworthy.wizard.frame import POINTER

ENTER, BACK, DOWN, UP, TAB, CTRL_C, CTRL_U = "\r", "\x1b[Z", "\x1b[B", "\x1b[A", "\t", "\x03", "\x15"
ESCAPE = "\x1b"
PATIENCE_S = 60
_QUIET_S = 0.1


class _Emulator(pyte.Screen):
    """A screen that answers where its cursor is, as real terminals do."""

    def __init__(self, columns: int, rows: int, answer: Callable[[str], object]) -> None:
        super().__init__(columns, rows)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data)


class Person:
    """Somebody who runs `airworthy new` in a terminal of `columns` by `rows`."""

    def __init__(self, checkout: Checkout, words: list[str], cwd: Path, columns: int, rows: int) -> None:
        command = [*checkout.command, "new", *words]
        environment = checkout.environment(TERM="xterm-256color")
        self._child = pexpect.spawn(
            command[0], command[1:], cwd=str(cwd), env=environment, dimensions=(rows, columns), encoding="utf-8"
        )
        self._screen = _Emulator(columns, rows, self._child.send)
        self._stream = pyte.Stream(self._screen)
        self._is_over = False

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display).strip("\n")

    @property
    def pointed(self) -> str:
        """The row that is pointed at."""
        return next((line.split(POINTER, 1)[1].strip() for line in self.text.splitlines() if POINTER in line), "")

    def sees(self, *texts: str) -> None:
        """Wait until every text is on the screen."""
        self._wait(lambda: all(text in self.text for text in texts), f"{texts} on the screen")

    def points_at(self, row: str) -> None:
        """Wait until exactly that row, or that text in the line, is pointed at."""
        self._wait(lambda: self.pointed == row, f"{row!r} to be pointed at")

    def moves_to(self, row: str) -> None:
        """Go down until a row that starts like this is pointed at."""
        while not self.pointed.startswith(row):
            self.types(DOWN)

    def types(self, *keys: str) -> None:
        """Press keys, and wait for the screen to settle after each."""
        for key in keys:
            self._child.send(key)
            while self._read(_QUIET_S):
                pass

    def accepts(self, *questions: str) -> None:
        """Press Enter at each of the questions."""
        for question in questions:
            self.sees(question)
            self.types(ENTER)

    def ends_with(self, code: int) -> None:
        """Wait for the end and check the exit code as a shell tells it.

        Python exits by the signal itself if Ctrl-C fell into an `exec` of source text, as `dataclasses` does at import;
        a shell tells both as 130.
        """
        self._wait(lambda: self._is_over, "the end")
        self._child.close()
        signal = self._child.signalstatus
        assert (self._child.exitstatus if signal is None else 128 + signal) == code, self.text

    def leave(self) -> None:
        self._child.close(force=True)

    def _wait(self, is_reached: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + PATIENCE_S
        while not is_reached():
            assert time.monotonic() < limit, f"waited in vain for {what}:\n{self.text}"
            self._read()

    def _read(self, seconds: float = 0.1) -> bool:
        """Draw what arrives within `seconds`; whether anything did."""
        try:
            self._stream.feed(self._child.read_nonblocking(65536, seconds))
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            self._is_over = True
            return False
        return True


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("checkout") / "airworthy")


Start = Callable[..., Person]


@pytest.fixture
def start(checkout: Checkout, tmp_path: Path) -> Iterator[Start]:
    """Start the wizard in an empty folder."""
    people: list[Person] = []

    def begin(*words: str, columns: int = 100, rows: int = 50) -> Person:
        people.append(Person(checkout, list(words), tmp_path, columns, rows))
        return people[-1]

    yield begin
    for person in people:
        person.leave()
