"""The text of an uploaded file, by its content type.

The accepted content types are the keys of ``READERS``; ``contracts/events/ingest_document.json``
tells them to whoever accepts uploads, and a test keeps the two equal.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Mapping

from workers.documents.html import html_text

_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST_CONTROL_SHARE = 0.02


class UnreadableError(Exception):
    """The file can't be read, now or later; the message is for the person who uploaded it."""

    code = "document_unreadable"


def read_text(content_type: str, content: bytes) -> str:
    """Return the file's text, lines ending in a line feed; raises ``UnreadableError``."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in READERS:
        raise UnreadableError(
            f"Files of the type {kind} can't be read. Upload {', '.join(sorted(READERS))}."
        )
    text = READERS[kind](decode(content)).strip()
    if not text:
        raise UnreadableError("The file has no text.")
    return text


def decode(content: bytes) -> str:
    """Return the bytes as text: by their mark, else UTF-8, else Windows-1252."""
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), None)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROL_SHARE:
        raise UnreadableError("The file is not text, whatever its name says.")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _csv_text(text: str) -> str:
    """One paragraph per row, each value with its column's name, so that a row makes sense alone."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError(f"The table can't be read: {error}.") from error
    names, *records = rows or [[]]
    lines = ("; ".join(f"{n}: {v}" for n, v in zip(names, r, strict=False) if v) for r in records)
    return "\n\n".join(f"{line}." for line in lines if line)


READERS: Mapping[str, Callable[[str], str]] = {
    "text/plain": str,
    "text/markdown": str,
    "text/html": html_text,
    "text/csv": _csv_text,
}
