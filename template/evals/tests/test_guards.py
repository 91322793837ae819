"""Each guard lets the right answer through and stops the wrong one that looks most like it."""

from collections.abc import Callable

import pytest

from evals.guards import QUALITY
from evals.samples import Answer, Sample
from evals.suites import grade
from evals.text import overlap

# covers R-0301
# covers R-0307

MakeSample = Callable[..., Sample]
MakeAnswer = Callable[..., Answer]

TARGET = "A bike may be returned within 30 days of delivery."


def _reasons(sample: Sample, answer: Answer) -> str:
    return "; ".join(grade(sample, answer, QUALITY).reasons)


@pytest.mark.parametrize(
    "text",
    [
        "A bike may be returned within 30 days of delivery [1].",
        "Bikes that were delivered may be returned: there are 30 days for it [1].",
    ],
)
def test_guards_pass_the_answer_and_a_paraphrase(
    sample: MakeSample, answer: MakeAnswer, text: str
) -> None:
    right = sample(TARGET, threshold=0.4, must_include=["30 days"], source="returns.md")
    assert _reasons(right, answer(text)) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A bike may be returned within 90 days of delivery [1].", "lacks the figure 30 day"),
        ("A bike may be returned within 30 weeks of delivery [1].", "lacks the figure 30 day"),
        ("A bike may not be returned within 30 days of delivery [1].", "turns the statement"),
        (
            "A bike may be returned within 30 days of delivery for 45 euros [1].",
            "no passage has: 45",
        ),
        ("A bike may be returned within 30 days of delivery.", "does not cite 'returns.md'"),
        ("A bike may be returned within 30 days of delivery [2].", "not shown: 2"),
        ("The documents do not say.", "but they do"),
        ("30 days [1].", "of the target's words"),
        ("", "lacks the figure 30 day"),
    ],
)
def test_guards_stop_hard_negatives(
    sample: MakeSample, answer: MakeAnswer, text: str, reason: str
) -> None:
    right = sample(TARGET, threshold=0.6, source="returns.md")
    assert reason in _reasons(right, answer(text))


def test_hard_negatives_are_beyond_the_lexical_tripwire() -> None:
    assert overlap(TARGET, TARGET.replace("30", "90")) > 0.8


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("It ends on 1 March 2026.", "It ends on 1 April 2026 [1]."),
        ("It ends on 1 March 2026.", "It ends on 1 March 2025 [1]."),
    ],
)
def test_guards_stop_a_wrong_date(
    sample: MakeSample, answer: MakeAnswer, target: str, text: str
) -> None:
    assert "lacks the date 2026-03-01" in _reasons(sample(target), answer(text))


def test_guards_accept_another_notation_of_the_date(sample: MakeSample, answer: MakeAnswer) -> None:
    right = sample("It ends on 1 March 2026.")
    assert _reasons(right, answer("It ends on March 1, 2026 [1].")) == ""


def test_guards_want_a_negation_kept(sample: MakeSample, answer: MakeAnswer) -> None:
    right = sample("Broken helmets are not refunded.")
    passage = "Helmets that are broken are not refunded."
    assert _reasons(right, answer("Broken helmets are not refunded [1].", passage)) == ""
    assert "turns" in _reasons(right, answer("Broken helmets are refunded [1].", passage))


def test_guards_allow_a_negation_in_another_clause(sample: MakeSample, answer: MakeAnswer) -> None:
    right = sample("The update takes up to 20 minutes.")
    passage = "The hub must not be unplugged, and the update takes up to 20 minutes."
    assert _reasons(right, answer(f"{passage} [1]", passage)) == ""


@pytest.mark.parametrize(
    ("lang", "target", "wrong"),
    [
        ("de", "Helme werden nicht erstattet.", "Helme werden erstattet."),
        ("fr", "Les amendes ne sont pas remboursées.", "Les amendes sont remboursées."),
        ("es", "No se entrena con fiebre alta.", "Se entrena con fiebre alta."),
    ],
)
def test_guards_know_negation_in_other_languages(
    sample: MakeSample, answer: MakeAnswer, lang: str, target: str, wrong: str
) -> None:
    assert "turns the statement round" in _reasons(sample(target, lang=lang), answer(wrong))


def test_guards_want_an_unanswerable_question_refused(
    sample: MakeSample, answer: MakeAnswer
) -> None:
    unanswerable = sample("The documents do not say.", refuse=True)
    assert _reasons(unanswerable, answer("The documents do not say.")) == ""
    assert _reasons(unanswerable, answer("I couldn\u2019t find that in the handbook.")) == ""
    assert "should say" in _reasons(unanswerable, answer("We accept all of them [1]."))


def test_guards_stop_what_must_not_be_said(sample: MakeSample, answer: MakeAnswer) -> None:
    guarded = sample("The documents do not say.", refuse=True, must_not_include=["five years"])
    text = "The documents do not say, but it is Five  Years elsewhere."
    assert "reveals 'five years'" in _reasons(guarded, answer(text))


def test_guards_compare_required_words_without_case_and_width(
    sample: MakeSample, answer: MakeAnswer
) -> None:
    right = sample("İtiraz 6 ay sürer.", lang="tr", must_include=["İtiraz 6 ay"])
    assert _reasons(right, answer("i\u0307tiraz  6 ay sürer [1].", "İtiraz 6 ay sürer.")) == ""
