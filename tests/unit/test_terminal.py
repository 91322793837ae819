"""Plain output for people."""

from __future__ import annotations

import io

import pytest

from airworthy import terminal
from airworthy.progress import Progress


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_paint_colours_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    assert terminal.paint("ok", "green", stream=Screen()) == "\x1b[32mok\x1b[0m"
    assert terminal.paint("ok", "green", stream=io.StringIO()) == "ok"
    assert terminal.paint("", "green", stream=Screen()) == ""


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_paint_respects_who_wants_no_colour(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    assert terminal.paint("ok", "green", stream=Screen()) == "ok"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (999_949, "999.9 kB"), (1_400_000, "1.4 MB")]
)
def test_size_reads_well(count: int, text: str) -> None:
    assert terminal.size(count) == text


def test_count_knows_one() -> None:
    assert terminal.count(1, "file") == "1 file"
    assert terminal.count(0, "file") == "0 files"
    assert terminal.count(1200, "file") == "1,200 files"


@pytest.mark.parametrize(("columns", "text"), [(10, "abcdef"), (6, "abcdef"), (5, "abcd…"), (1, "…"), (0, "…")])
def test_shorten_marks_what_is_missing(columns: int, text: str) -> None:
    assert terminal.shorten("abcdef", columns) == text


def test_write_falls_back_to_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    terminal.write("✓ done … Zoë", stream=stream)

    assert raw.getvalue() == b"+ done ... Zo?\n"


def test_progress_is_one_line_on_a_terminal() -> None:
    screen = Screen()

    with Progress("Writing", screen) as progress:
        progress(1, 4)
        progress(1, 4)
        progress(4, 4)

    drawn = screen.getvalue().split("\r\x1b[K")
    assert len(drawn) == 5
    assert drawn[2].endswith("1/4")
    assert drawn[3].endswith("4/4")
    assert drawn[-1] == ""
    assert "\n" not in screen.getvalue()


def test_progress_is_quiet_in_a_log() -> None:
    log = io.StringIO()

    with Progress("Writing", log) as progress:
        progress(1, 4)

    assert log.getvalue() == "Writing …\n"
