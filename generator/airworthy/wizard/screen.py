"""The answers so far, one line each, so that a step back can take its line away again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from prompt_toolkit.utils import get_cwidth

from airworthy import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airworthy.questions import Question
    from airworthy.wizard.interview import Interview

TITLE_COLUMNS = 15


class Screen:
    """What the wizard has printed above the question that it is asking."""

    def __init__(self) -> None:
        self._section = ""
        self._lines = 0

    def open(self) -> None:
        """Say what this is."""
        name = terminal.paint("Airworthy", "bold", stream=sys.stderr)
        terminal.write(f"\n  {name}  a complete AI product repo, made for you", stream=sys.stderr)

    def enter(self, section: str) -> None:
        """Print the section's title, unless we are in it."""
        if section != self._section:
            terminal.write(f"\n  {terminal.paint(section, 'cyan', stream=sys.stderr)}", stream=sys.stderr)
            self._section = section
            self._lines += 2

    def show(self, interview: Interview, questions: Iterable[Question]) -> None:
        """Add the lines of answered questions, under the titles of their sections."""
        for question in questions:
            self.enter(question.section)
            self._line(interview, question)
            self._lines += 1

    def clear(self) -> None:
        """Take all answers and titles away."""
        if self._lines:
            terminal.write(f"\x1b[{self._lines}A\r\x1b[J", stream=sys.stderr, end="")
        self._section, self._lines = "", 0

    def _line(self, interview: Interview, question: Question) -> None:
        reason = interview.reason(question)
        value = interview.label(question) + (f" · locked: {reason}" if reason else "")
        value = fit(value, terminal.width() - TITLE_COLUMNS - 6)
        mark, style = ("•", "yellow") if reason else ("✓", "green")
        painted = terminal.paint(mark, style, stream=sys.stderr)
        title = terminal.paint(f"{question.title:<{TITLE_COLUMNS}}", "dim", stream=sys.stderr)
        terminal.write(f"  {painted} {title} {value}", stream=sys.stderr)


def fit(text: str, columns: int) -> str:
    """`text` cut to `columns` cells of the terminal; a Chinese character takes two."""
    if get_cwidth(text) <= columns:
        return text
    while text and get_cwidth(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…"
