"""Passages of the tenant's documents, and how a prompt and an answer refer to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.answers.schemas import Citation
from runtime.vectors import Match

_MARK = re.compile(r"\[(\d{1,3})\]")
_HEADING = re.compile(r"^(#{1,6} .*[^\s.:!?])[ \t]*$", re.MULTILINE)
_QUOTE_LENGTH = 400


@dataclass(frozen=True)
class Passage:
    """A piece of a document that may answer the question."""

    document_id: UUID
    title: str
    ordinal: int
    text: str

    @classmethod
    def of(cls, match: Match) -> "Passage":
        """Read a passage from a search result."""
        return cls(match.document_id, match.title, match.ordinal, match.text)


def context_of(passages: Sequence[Passage]) -> str:
    """Return the passages as the prompt shows them: numbered, one per line.

    A passage is on one line, so that no text in it can pass for another passage.
    """
    return "\n".join(
        f"[{number}] ({_line(passage.title)}) {_line(passage.text)}"
        for number, passage in enumerate(passages, start=1)
    )


def citations_of(passages: Sequence[Passage]) -> list[Citation]:
    """Return what an answer may refer to."""
    return [
        Citation(
            number=number,
            document_id=passage.document_id,
            title=passage.title,
            ordinal=passage.ordinal,
            quote=passage.text[:_QUOTE_LENGTH],
        )
        for number, passage in enumerate(passages, start=1)
    ]


def cited(text: str, citations: Sequence[Citation]) -> list[Citation]:
    """Return the citations whose mark is in the answer's text."""
    marks = {int(mark) for mark in _MARK.findall(text)}
    return [citation for citation in citations if citation.number in marks]


def _line(text: str) -> str:
    # On one line, a heading would run into the sentence that follows it.
    return " ".join(_HEADING.sub(r"\1.", text).split())
