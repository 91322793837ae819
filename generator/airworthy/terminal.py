"""Plain output for people: colours where they are wanted, and words that fit the width."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_PLAIN = {
    "✓": "+",
    "✗": "x",
    "•": "-",
    "○": "o",
    "─": "-",
    "│": "|",
    "├": "|",
    "└": "`",
    "…": "...",
    "█": "#",
    "░": ".",
}


def has_colour(stream: TextIO) -> bool:
    """Whether `stream` is a terminal of somebody who wants colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, style: str, *, stream: TextIO | None = None) -> str:
    """`text` in one of the styles, if the stream takes colours."""
    if not text or not has_colour(stream or sys.stdout):
        return text
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def width(limit: int = 100) -> int:
    """The columns of the terminal that we write to, at most `limit`; `limit` where there is none."""
    for stream in (sys.stdout, sys.stderr):
        try:
            return min(os.get_terminal_size(stream.fileno()).columns, limit) or limit
        except (OSError, ValueError):
            continue  # a pipe, or a stream that is no file
    return limit


def shorten(text: str, columns: int) -> str:
    """`text` cut to `columns` characters, the last one an ellipsis if anything is missing."""
    return text if len(text) <= columns else text[: max(columns - 1, 0)].rstrip() + "…"


def size(count: int) -> str:
    """Bytes as people read them: `1.4 MB`; SI units."""
    if count < 1000:  # noqa: PLR2004 - SI
        return f"{count} B"
    if count < 1_000_000:  # noqa: PLR2004 - SI
        return f"{count / 1000:.1f} kB"
    return f"{count / 1_000_000:.1f} MB"


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def write(text: str = "", *, stream: TextIO | None = None, end: str = "\n") -> None:
    """Write a line, in ASCII where the stream knows no better."""
    stream = stream or sys.stdout
    stream.write(encodable(text, stream) + end)
    stream.flush()


def encodable(text: str, stream: TextIO) -> str:
    """`text` as `stream` can encode it: our few signs have plain twins."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        for sign, plain in _PLAIN.items():
            text = text.replace(sign, plain)
        return text.encode(stream.encoding, "replace").decode(stream.encoding)
    return text
