"""Many processes, one terminal: each line begins with the name of who said it."""

import os
import sys
from collections.abc import Callable
from itertools import cycle

Line = Callable[[str, str], None]

_COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
_RED, _BOLD, _RESET = "\033[31m", "\033[1m", "\033[0m"
_WIDTH = 11


class Console:
    """Writes prefixed lines; in colour on a terminal, unless ``NO_COLOR`` is set."""

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        self._write = write or _to_stdout
        self._is_coloured = write is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._colours = cycle(_COLOURS)
        self._prefixes: dict[str, str] = {}

    def line(self, name: str, text: str) -> None:
        """Write what a process said."""
        self._write(f"{self._prefix(name)} {text}\n")

    def headline(self, text: str) -> None:
        """Write what a person should not miss."""
        self._write(self._paint(_BOLD, text) + "\n")

    def alarm(self, text: str) -> None:
        """Write what has gone wrong."""
        self._write(self._paint(_RED, text) + "\n")

    def _prefix(self, name: str) -> str:
        if name not in self._prefixes:
            colour = f"\033[{next(self._colours)}m"
            self._prefixes[name] = self._paint(colour, f"{name:<{_WIDTH}} │")
        return self._prefixes[name]

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self._is_coloured else text


def _to_stdout(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
