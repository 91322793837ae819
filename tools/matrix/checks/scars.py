"""What shows that a machine wrote a file; a person would have seen it."""

from __future__ import annotations

import re

_SCARS = {
    "has spaces at the end of a line": re.compile(r"[ \t]+$", re.MULTILINE),
    "has three line breaks more than one blank line": re.compile(r"\n\n\n\n"),
    "begins with a blank line": re.compile(r"\A\n"),
    "ends with a blank line": re.compile(r"\n\n\Z"),
    "has no line break at the end": re.compile(r"[^\n]\Z"),
    "holds a tag of the template's own": re.compile(r"# \{%|\{%-? |_copier_(?!conf)"),
}


def complaint(content: bytes) -> tuple[str, int]:
    """The first scar of a text, and its line; empty if there is none, or if it is no text."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "", 0
    found = ((scar, pattern.search(text)) for scar, pattern in _SCARS.items())
    return next(((scar, text.count("\n", 0, match.start()) + 1) for scar, match in found if match), ("", 0))
