"""Words as the deterministic models compare them."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")

_WORD = re.compile(r"[^\W_]+")
_STEM_LETTERS = 6
_SHORTEST_PLURAL = 4

# English, and what German, French, Spanish and Dutch questions begin with; such words say nothing
# about a passage.
STOP_WORDS = frozenset(  # one text, because a list of this length can't be read
    """
    a about after all also am an and any are as at be been before being but by can could did do does
    doing for from had has have having he her here him his how i if in into is it its just me more
    most my no nor not now of on once only or other our out over own same she should so some such
    than that the their them then there these they this those through to too under until up us was
    we were what when where which while who whom whose why will with would you your der die das ein
    eine ist sind und oder wie was wann wo wer ich wir sie es im zu von mit auf den dem des nicht le
    la les un une est et ou que qui quoi comment quand il elle nous vous je de du des au aux en dans
    pour el los las una es y o como cuando donde het een van hoe wat wie waar
    """.split()  # noqa: SIM905
)


def words(text: str) -> list[str]:
    """Return the words in order, without case or accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def stem(word: str) -> str:
    """Return what a word shares with its inflections: its first letters, with a final y as i."""
    short = word[: _STEM_LETTERS - 1] + word[_STEM_LETTERS - 1 : _STEM_LETTERS].replace("y", "i")
    return short.removesuffix("s") if _SHORTEST_PLURAL <= len(short) < _STEM_LETTERS else short


def terms(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def pick(options: Sequence[Option], *seed: object) -> Option:
    """Return one option, always the same for the same seed."""
    digest = hashlib.sha256("\x1f".join(map(str, seed)).encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]
