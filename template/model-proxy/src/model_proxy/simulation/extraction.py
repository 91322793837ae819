"""An answer made of the passages' own sentences.

Each sentence is scored by how much of the question it covers, rare words counting more (inverse
sentence frequency, Spärck Jones 1972). The best sentences are quoted with the number of their
passage; when none covers enough of the question, the answer says that the documents do not say.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

from model_proxy.simulation.prompts import Passage, Prompt
from model_proxy.simulation.words import terms, words

NOTHING = "The documents do not say."
MOST_SENTENCES = 3

_ENOUGH = 0.4  # of the question's weight, below which a sentence is a coincidence
_NEAR_BEST = 0.9  # of the best score, above which a sentence is worth quoting too
_TITLE_SHARE = 0.5  # a word in the title counts half
_FIGURE_BONUS = 0.1  # for a sentence with a figure, when the question asks for one
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-ZÀ-Þ0-9])|\n+")
_ASKS_FIGURE = {"when", "many", "much", "long", "wann", "viel", "viele", "lange", "combien"}


@dataclass(frozen=True)
class Sentence:
    """One sentence of a passage and how well it fits."""

    passage: Passage
    text: str
    score: float


def extract_answer(prompt: Prompt) -> str:
    """Return the best sentences, each with its passage's ``[n]``; ``NOTHING`` when none fits."""
    sentences = rank_sentences(prompt)
    best = max((sentence.score for sentence in sentences), default=0.0)
    if best < _ENOUGH:
        return NOTHING
    near = sorted(sentences, key=lambda s: -s.score)[:MOST_SENTENCES]
    good = [s for s in sentences if s in near and s.score >= max(_ENOUGH, _NEAR_BEST * best)]
    # Neighbouring passages overlap: what two of them say is quoted once, from the first.
    quoted = {s.text: s for s in reversed(good)}
    return " ".join(f"{_bare(s.text)} [{s.passage.number}]." for s in reversed(quoted.values()))


def rank_sentences(prompt: Prompt) -> list[Sentence]:
    """Return every sentence of the passages with its score, in order of appearance."""
    parts = [(p, text) for p in prompt.passages for text in split_sentences(p.text)]
    known = [(set(terms(text)), set(terms(p.title))) for p, text in parts]
    weights = _weights(prompt.question, [own | title for own, title in known])
    bonus = _FIGURE_BONUS if _ASKS_FIGURE & set(words(prompt.question)) else 0.0
    return [
        Sentence(p, text, _coverage(weights, own, title) + bonus * any(map(str.isdigit, text)))
        for (p, text), (own, title) in zip(parts, known, strict=True)
    ]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text; headings and empty lines are none."""
    parts = (part.strip() for part in _SENTENCE.split(text))
    return [part.lstrip("-*•> ") for part in parts if part and not part.startswith("#")]


def _weights(question: str, sentences: list[set[str]]) -> dict[str, float]:
    frequency = Counter(term for sentence in sentences for term in sentence)
    return {
        term: math.log(1 + len(sentences) / (frequency[term] or 0.5)) for term in terms(question)
    }


def _coverage(weights: dict[str, float], own: set[str], title: set[str]) -> float:
    covered = sum(
        weight * (1 if term in own else _TITLE_SHARE if term in title else 0)
        for term, weight in weights.items()
    )
    return covered / (sum(weights.values()) or 1)


def _bare(sentence: str) -> str:
    return sentence.rstrip().rstrip(".").rstrip()
