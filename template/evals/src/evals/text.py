"""Plain text handling that every guard shares: one spelling, clauses, words."""

import re
import unicodedata

_CLAUSE_END = re.compile(r"(?<=[.!?…。,;:])(?:\s|\[\d+\])+|\n{2,}")
_WORD = re.compile(r"[^\W\d_]{3,}|\d+(?:[.,:]\d+)*")


def normalise(text: str) -> str:
    """Return the text in NFKC, without case, with single spaces and straight apostrophes."""
    # A dotted capital I folds to an i and a combining dot; without the dot both spellings meet.
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.replace("i\u0307", "i").replace("\u2019", "'").split())


def clauses(text: str) -> list[str]:
    """Return the text's clauses: what stands between two marks of punctuation."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part and words(part)]


def words(text: str) -> set[str]:
    """Return the words of three letters and more, and the numbers, as ``normalise`` spells them."""
    return set(_WORD.findall(normalise(text)))


def overlap(target: str, other: str) -> float:
    """Return the share of the target's words that the other text uses; 1 where it has none."""
    wanted = words(target)
    return len(wanted & words(other)) / len(wanted) if wanted else 1.0
