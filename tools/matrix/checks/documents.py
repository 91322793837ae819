"""Documents for people: links, their anchors, the commands and the paths that they name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from matrix.checks import commands
from matrix.facts import Definition, Fact, Reference

_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)\s*$")
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SEEDED = ("seeds/",)
"""Documents that the product itself is about: what they say is data."""


def reads(path: str) -> bool:
    """Markdown, without sample data."""
    return path.endswith(".md") and not path.startswith(_SEEDED)


def facts(path: str, text: str) -> Iterator[Fact]:
    """Headings are anchors; a link needs its file and anchor; commands and paths in code need what they name."""
    is_code = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code:
            yield from commands.references(line.split("  #")[0], number)
        else:
            yield from _prose(path, line, number)


def _prose(path: str, line: str, number: int) -> Iterator[Fact]:
    if heading := _HEADING.match(line):
        yield Definition(f"anchor:{path}#{_slug(heading[1])}")
    for link in _LINK.findall(line):
        yield from _linked(path, link, number)
    for code in _CODE.findall(line):
        yield from commands.references(code, number)


def _linked(path: str, link: str, number: int) -> Iterator[Reference]:
    file, _, anchor = link.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
    if file and target != ".":
        yield Reference(number, f"links to {link}", (f"path:{target}",))
    if anchor and target.endswith(".md"):
        yield Reference(number, f"links to {link}", (f"anchor:{target}#{anchor}",))


def _slug(heading: str) -> str:
    """As GitHub makes it: lower case, spaces to hyphens, punctuation away."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
