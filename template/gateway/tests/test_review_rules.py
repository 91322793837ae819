"""Who checks which answers. covers R-0313."""

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as some

from gateway.answers.passages import Passage, citations_of, cited, context_of
from gateway.answers.review import NO_CITATION, SAMPLED, review_reason

PASSAGES = [Passage(uuid4(), f"Title {number}", number, f"Text {number}.") for number in range(12)]


def test_review_reason_asks_for_every_answer_without_a_citation() -> None:
    assert review_reason(uuid4(), has_citation=False, sample=0) == NO_CITATION


def test_review_reason_asks_for_none_or_all_at_the_ends() -> None:
    assert review_reason(uuid4(), has_citation=True, sample=0) is None
    assert review_reason(uuid4(), has_citation=True, sample=1) == SAMPLED


@given(some.uuids())
def test_review_reason_is_the_same_each_time(answer_id: Any) -> None:
    drawn = [review_reason(answer_id, has_citation=True, sample=0.5) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_review_reason_draws_about_the_share() -> None:
    ids = [UUID(int=number) for number in range(20_000)]
    drawn = [review_reason(drawn_id, has_citation=True, sample=0.01) for drawn_id in ids]
    assert 0.008 < sum(reason is not None for reason in drawn) / len(ids) < 0.012


def test_cited_returns_the_passages_that_the_text_marks() -> None:
    marked = cited("Yes [2], also [12] and [2], not [13] or [0].", citations_of(PASSAGES))
    assert [citation.number for citation in marked] == [2, 12]


def test_context_of_numbers_the_passages() -> None:
    assert context_of(PASSAGES[:2]) == "[1] (Title 0) Text 0.\n[2] (Title 1) Text 1."


@given(some.text())
def test_context_of_lets_no_passage_pass_for_another(text: str) -> None:
    passages = [Passage(uuid4(), text, 0, text), *PASSAGES[:1]]
    assert len(context_of(passages).split("\n")) == 2
