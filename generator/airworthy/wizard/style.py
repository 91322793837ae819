"""The wizard's colours: the terminal's own sixteen, so that they suit a dark screen and a bright one."""

from __future__ import annotations

import sys

from questionary import Style

from airworthy import terminal

_COLOURS = {
    "qmark": "",
    "question": "bold",
    "instruction": "ansibrightblack",
    "answer": "bold",
    "pointer": "ansicyan bold",
    "highlighted": "ansicyan bold",
    "selected": "noreverse",
    "separator": "ansicyan",
    "disabled": "ansibrightblack",
    "placeholder": "ansibrightblack",
    "live": "ansigreen",
    "wrong": "ansired",
    "hint": "ansibrightblack",
    "validation-toolbar": "noreverse ansired",
}


def style() -> Style:
    """The colours, or only bold type for somebody who wants no colour."""
    if terminal.has_colour(sys.stderr):
        return Style(list(_COLOURS.items()))
    return Style(
        [(name, "noreverse bold" if name in {"question", "highlighted"} else "noreverse") for name in _COLOURS]
    )
