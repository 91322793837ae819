"""Answers made of the passages' own sentences."""

# covers R-0302

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_proxy.simulation.extraction import NOTHING, extract_answer, split_sentences
from model_proxy.simulation.prompts import Passage, Prompt, read_prompt
from model_proxy.wire import Message

PASSAGES = (
    Passage(1, "Returns", "# Returns\nA bike goes back within 30 days. The box must be whole."),
    Passage(2, "Fees", "Collection costs 89 euros. Gift cards are never refunded!"),
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does a bike go back?", "A bike goes back within 30 days [1]."),
        ("How much does collection cost?", "Collection costs 89 euros [2]."),
        ("Are gift cards refunded?", "Gift cards are never refunded! [2]."),
        ("Who is the president of Peru?", NOTHING),
        ("", NOTHING),
    ],
)
def test_extract_answer_quotes_what_fits_or_says_that_nothing_does(
    question: str, answer: str
) -> None:
    assert extract_answer(Prompt(PASSAGES, question)) == answer


def test_extract_answer_quotes_a_sentence_of_two_passages_once() -> None:
    passages = (Passage(1, "", "Tea is hot."), Passage(2, "", "Tea is hot. Milk is cold."))
    assert extract_answer(Prompt(passages, "Is tea hot?")) == "Tea is hot [1]."


def test_extract_answer_without_passages_says_that_nothing_fits() -> None:
    assert extract_answer(Prompt((), "Is tea hot?")) == NOTHING


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=4))
def test_extract_answer_says_only_what_the_passages_say(question: str, texts: list[str]) -> None:
    passages = tuple(Passage(n, "", text) for n, text in enumerate(texts, start=1))
    answer = extract_answer(Prompt(passages, question))
    assert answer == NOTHING or any(f"[{p.number}]" in answer for p in passages)


def test_split_sentences_keeps_figures_and_drops_headings() -> None:
    text = "# Head\nIt costs 8.50 euros. (Really.) Yes!\n- A point\n\nEnd"
    assert split_sentences(text) == ["It costs 8.50 euros.", "(Really.", "Yes!", "A point", "End"]


def user(text: str) -> Message:
    return Message("user", text)


def test_read_prompt_finds_passages_and_question() -> None:
    prompt = read_prompt(
        [
            Message("system", "Cite like this: [1]."),
            user("Passages:\n[1] (Tea) Hot.\n\nVery.\n[2] No title.\n\nQuestion: Is tea hot?"),
        ]
    )
    assert prompt.question == "Is tea hot?"
    assert [(p.number, p.title, p.text) for p in prompt.passages] == [
        (1, "Tea", "Hot.\n\nVery."),
        (2, "", "No title."),
    ]


def test_read_prompt_finds_passages_in_the_system_message() -> None:
    prompt = read_prompt([Message("system", "[1] (Tea) Hot."), user("Is tea hot?")])
    assert (prompt.question, len(prompt.passages)) == ("Is tea hot?", 1)


def test_read_prompt_drops_a_label_before_the_last_paragraph() -> None:
    prompt = read_prompt([user("[1] (A) B.\n\nCustomer message:\nMy bike is broken.")])
    assert prompt.question == "My bike is broken."


def test_read_prompt_takes_the_last_question_not_one_in_a_passage() -> None:
    prompt = read_prompt([user("[1] (FAQ) Text.\nQuestion: old?\n\nQuestion: new?")])
    assert prompt.question == "new?"


def test_read_prompt_reads_typed_parts() -> None:
    parts = [{"type": "text", "text": "Question: Is tea hot?"}, {"type": "image_url"}]
    assert read_prompt([Message("user", parts)]).question == "Is tea hot?"
