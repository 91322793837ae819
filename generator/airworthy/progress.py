"""How far a long step is, on one line that is rewritten, and only where somebody watches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TextIO

from airworthy import terminal

if TYPE_CHECKING:
    from types import TracebackType

_BAR = 24


class Progress:
    """A progress line on `stream`, gone when the step is over."""

    def __init__(self, title: str, stream: TextIO) -> None:
        self._title = title
        self._stream = stream
        self._is_live = stream.isatty()
        self._shown = ""

    def __enter__(self) -> Self:
        if self._is_live:
            self._show(f"  {self._title} …")
        else:
            terminal.write(f"{self._title} …", stream=self._stream)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_live:
            self._show("")

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are written."""
        if self._is_live:
            filled = _BAR * done // max(total, 1)
            bar = "█" * filled + "░" * (_BAR - filled)
            self._show(f"  {self._title} {bar} {done}/{total}")

    def _show(self, line: str) -> None:
        line = terminal.shorten(line, terminal.width() - 1)
        if line != self._shown:
            terminal.write(f"\r\x1b[K{line}", stream=self._stream, end="")
            self._shown = line
