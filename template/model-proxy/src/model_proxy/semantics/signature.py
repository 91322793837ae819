"""What a question asks, without how it is said.

Two questions have the same signature only if every word that carries meaning is in both: numbers,
negations, names, tenses, persons, quantities and what is asked for. It errs to one side: a question
said quite differently has another signature and is answered anew.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

WORDS = Path(__file__).with_name("words.yaml")
# Numbers with their signs and separators, words with apostrophes, and symbols that mean something.
_TOKEN = re.compile(r"[-+]?\d+(?:[.,:/-]\d+)*|[^\W\d_]+(?:['\u2019][^\W\d_]+)*\d*|[%€$£¥°&<>=@#]")
_ENDS_SENTENCE = re.compile(r"(?:^|[.!?:]\s+)\W*$")
_SHORTEST_STEM = 4


@dataclass(frozen=True)
class Vocabulary:
    """The words of ``words.yaml``, as the signature needs them.

    Attributes:
        lengths: how many words the phrases have that begin with a word, the longest first.
    """

    fillers: frozenset[str]
    directions: frozenset[str]
    expansions: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, str]
    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    lengths: Mapping[str, Sequence[int]]


@cache
def vocabulary() -> Vocabulary:
    """Read the words once."""
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    phrases: dict[tuple[str, ...], tuple[str, ...]]
    phrases = {tuple(text.split()): () for text in words["courtesies"]}
    phrases |= {
        tuple(phrase.split()): tuple(meaning.split())
        for meaning, several in words["phrases"].items()
        for phrase in several
    }
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        lengths.setdefault(phrase[0], set()).add(len(phrase))
    return Vocabulary(
        fillers=frozenset(words["fillers"].split()),
        directions=frozenset(words["directions"].split()),
        expansions={short: tuple(text.split()) for short, text in words["expansions"].items()},
        numbers={word: str(n) for n, word in enumerate(words["numbers"].split())},
        phrases=phrases,
        lengths={word: sorted(several, reverse=True) for word, several in lengths.items()},
    )


def signature(question: str) -> tuple[str, ...]:
    """Return what the question asks; the order counts only where it changes the meaning."""
    known = vocabulary()
    said = _replaced(_words(question, known), known)
    kept = [_stem(word) for word in said if word not in known.fillers]
    if not known.directions.isdisjoint(said):
        return tuple(kept)
    # A word said twice ("how much does it cost") asks nothing more; a number said twice does.
    numbers = [word for word in kept if word[0].isdecimal()]
    return tuple(sorted([*numbers, *(set(kept) - set(numbers))]))


def _words(question: str, known: Vocabulary) -> list[str]:
    text = unicodedata.normalize("NFKC", question).strip()
    words: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0].replace("\u2019", "'")
        plain = token.casefold()
        if plain in known.expansions:
            words += known.expansions[plain]
        elif plain.endswith("n't"):
            words += [plain.removesuffix("n't"), "not"]
        elif token[0].isupper() and _is_name(token, text, match.start()):
            words.append(f"^{token.removesuffix(chr(39) + 's')}")
        else:
            words.append(known.numbers.get(plain, plain.removesuffix("'s")))
    return words


def _is_name(token: str, text: str, at: int) -> bool:
    """Say whether the capitals mean something: Bill is not a bill, and US is not us."""
    if token.split("'", maxsplit=1)[0] == "I":
        return False
    is_acronym = len(token) > 1 and token.isupper()
    return is_acronym or not _ENDS_SENTENCE.search(text, 0, at)


def _replaced(words: list[str], known: Vocabulary) -> list[str]:
    replaced: list[str] = []
    at = 0
    while at < len(words):
        for length in known.lengths.get(words[at], ()):
            meaning = known.phrases.get(tuple(words[at : at + length]))
            if meaning is not None and at + length <= len(words):
                replaced += meaning
                at += length
                break
        else:
            replaced.append(words[at])
            at += 1
    return replaced


def _stem(word: str) -> str:
    """Return the word without the ending of a plural; other endings can change what is meant."""
    if word[0] == "^" or not word.isalpha() or len(word) < _SHORTEST_STEM:
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural else word
