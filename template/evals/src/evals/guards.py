"""Deterministic checks of one answer: each returns a reason to fail, or None.

Similarity alone is unsafe: to a sentence encoder "30 days" and "90 days" are nearly the same
statement. So figures, dates, negation and required words are compared exactly, and the only measure
of likeness left is a lexical tripwire that catches answers about something else. None of this
understands meaning, and none of it is called semantic.
"""

import re
from collections.abc import Callable, Sequence

from evals.languages import Language, language, refusals
from evals.quantities import Date, Quantity, find_dates, find_quantities
from evals.samples import Answer, Sample
from evals.text import clauses, normalise, overlap

Guard = Callable[[Sample, Answer], str | None]

_CITATION = re.compile(r"\[(\d+)\]")
# Clauses must be this alike before the presence of a "not" in one of them means a contradiction.
_SAME_STATEMENT = 0.5


def check_refusal(sample: Sample, answer: Answer) -> str | None:
    """An unanswerable question is refused, an answerable one isn't."""
    refused = bool(refusals().search(normalise(answer.text)))
    if sample.metadata.refuse and not refused:
        return "should say that the documents do not hold the answer"
    if refused and not sample.metadata.refuse:
        return "says that the documents do not hold the answer, but they do"
    return None


def check_included(sample: Sample, answer: Answer) -> str | None:
    """Every string of ``must_include`` is there."""
    text = normalise(answer.text)
    missing = [part for part in sample.metadata.must_include if normalise(part) not in text]
    return f"lacks {_quoted(missing)}" if missing else None


def check_excluded(sample: Sample, answer: Answer) -> str | None:
    """No string of ``must_not_include`` is there."""
    text = normalise(answer.text)
    present = [part for part in sample.metadata.must_not_include if normalise(part) in text]
    return f"reveals {_quoted(present)}" if present else None


def check_quantities(sample: Sample, answer: Answer) -> str | None:
    """Every figure of the target is in the answer, with its unit."""
    spoken = language(sample.metadata.lang)
    return _missing(sample.target, answer.text, spoken, find_quantities, "figure")


def check_dates(sample: Sample, answer: Answer) -> str | None:
    """Every date of the target is in the answer."""
    return _missing(sample.target, answer.text, language(sample.metadata.lang), find_dates, "date")


def check_grounding(sample: Sample, answer: Answer) -> str | None:
    """Every figure of the answer stands in a passage or in the question; none is invented."""
    spoken = language(sample.metadata.lang)
    shown = " \n".join([sample.input, *(f"{p.title} \n{p.text}" for p in answer.passages)])
    known = {quantity.value for quantity in find_quantities(shown, spoken)}
    invented = [q for q in find_quantities(answer.text, spoken) if q.value not in known]
    return f"states figures that no passage has: {_listed(invented)}" if invented else None


def check_negation(sample: Sample, answer: Answer) -> str | None:
    """A statement that matches the target's doesn't turn it round."""
    if sample.metadata.refuse:
        return None
    negation = language(sample.metadata.lang).negations
    for statement in clauses(sample.target):
        nearest = max(clauses(answer.text), key=lambda s: overlap(statement, s), default="")
        alike = overlap(statement, nearest) >= _SAME_STATEMENT
        if alike and bool(negation.search(statement)) != bool(negation.search(nearest)):
            return f"turns the statement round: {nearest!r}"
    return None


def check_citation(sample: Sample, answer: Answer) -> str | None:
    """Marks point at passages that were shown, one of them in the document that answers."""
    if sample.metadata.refuse:
        return None
    titles = {passage.number: passage.title for passage in answer.passages}
    cited = [int(number) for number in _CITATION.findall(answer.text)]
    if unknown := [number for number in cited if number not in titles]:
        return f"cites passages that were not shown: {_listed(unknown)}"
    source = sample.metadata.source
    if source and source not in {titles[number] for number in cited}:
        return f"does not cite {source!r}"
    return None


def check_tripwire(sample: Sample, answer: Answer) -> str | None:
    """The answer shares enough words with the target to be about the same thing."""
    share = overlap(sample.target, answer.text)
    if sample.metadata.refuse or share >= sample.metadata.threshold:
        return None
    return f"uses {share:.0%} of the target's words; {sample.metadata.threshold:.0%} are needed"


QUALITY: tuple[Guard, ...] = (
    check_refusal,
    check_included,
    check_excluded,
    check_quantities,
    check_dates,
    check_grounding,
    check_negation,
    check_citation,
    check_tripwire,
)


def _missing(
    target: str,
    text: str,
    spoken: Language,
    find: Callable[[str, Language], Sequence[Quantity] | Sequence[Date]],
    noun: str,
) -> str | None:
    found = find(text, spoken)
    missing = [w for w in find(target, spoken) if not any(w.agrees(f) for f in found)]  # type: ignore[arg-type] # one kind per call
    return f"lacks the {noun} {_listed(missing)}" if missing else None


def _quoted(parts: Sequence[str]) -> str:
    return ", ".join(repr(part) for part in parts)


def _listed(parts: Sequence[object]) -> str:
    return ", ".join(str(part) for part in parts)
