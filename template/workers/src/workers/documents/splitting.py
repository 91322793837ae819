"""Passages: pieces of a text that make sense alone and fit an embedding.

A heading always begins a new passage, so that an edit in one section leaves the passages of the
others as they were, and with them their embeddings. Within a section, paragraphs are gathered until
the target is reached; the next passage repeats the last sentence of the one before, so that what
spans the border is found from both sides.
"""

import re
from collections.abc import Iterator

TARGET = 800
"""Characters of a passage's own text; the repeated sentence comes on top."""

OVERLAP = 160
"""The longest sentence that is repeated, in characters."""

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+")
_HEADING = re.compile(r"#{1,6} \S")


def split_text(text: str, *, target: int = TARGET, overlap: int = OVERLAP) -> list[str]:
    """Return the passages in order; every word of the text is in at least one."""
    passages: list[str] = []
    for section in _sections(text):
        gathered = list(_gather(section, target))
        passages += _overlapped(gathered, overlap)
    return passages


def _sections(text: str) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for paragraph in (part.strip() for part in _BLANK_LINE.split(text)):
        has_content = any(not _is_heading(known) for known in sections[-1])
        if _is_heading(paragraph) and has_content:
            sections.append([])
        if paragraph:
            sections[-1].append(paragraph)
    return [section for section in sections if section]


def _is_heading(paragraph: str) -> bool:
    return bool(_HEADING.match(paragraph)) and "\n" not in paragraph


def _gather(paragraphs: list[str], target: int) -> Iterator[str]:
    passage = ""
    for joint, piece in _pieces(paragraphs, target):
        if passage and len(passage) + len(joint) + len(piece) > target:
            yield passage
            passage = piece
        else:
            passage = f"{passage}{joint}{piece}" if passage else piece
    if passage:
        yield passage


def _pieces(paragraphs: list[str], target: int) -> Iterator[tuple[str, str]]:
    """Yield (what joins it to the piece before, piece), no piece longer than the target."""
    for paragraph in paragraphs:
        joint = "\n\n"
        for sentence in [paragraph] if len(paragraph) <= target else _SENTENCE_END.split(paragraph):
            for piece in _words(sentence, target):
                yield joint, piece
                joint = " "


def _words(sentence: str, target: int) -> Iterator[str]:
    while len(sentence) > target:
        end = sentence.rfind(" ", 1, target + 1)
        end = end if end > 0 else target
        yield sentence[:end].rstrip()
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence


def _overlapped(passages: list[str], overlap: int) -> list[str]:
    repeated = ["", *(_last_sentence(passage, overlap) for passage in passages[:-1])]
    return [
        f"{sentence} {passage}" if sentence else passage
        for sentence, passage in zip(repeated, passages, strict=True)
    ]


def _last_sentence(passage: str, longest: int) -> str:
    last = _SENTENCE_END.split(passage.rpartition("\n")[2].strip())[-1]
    return last if len(last) <= longest and not _is_heading(last) else ""
