"""Vectors of words: the same everywhere, of length one, near where texts share words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_proxy.providers.lexical import embed_text


def similarity(a: str, b: str) -> float:
    return sum(x * y for x, y in zip(embed_text(a, 384), embed_text(b, 384), strict=True))


@given(st.text(max_size=200))
def test_embed_text_has_length_one_and_never_changes(text: str) -> None:
    vector = embed_text(text, 384)
    assert math.isclose(math.hypot(*vector), 1)
    assert vector == embed_text(text, 384)


def test_embed_text_is_the_same_on_every_machine() -> None:
    known = [-0.19245009, 0, 0, 0.19245009, 0, 0, -0.96225045, 0]
    assert embed_text("tea", 8) == pytest.approx(known, abs=1e-8)


def test_embed_text_is_nearer_to_what_shares_its_words() -> None:
    question = "How many days until a bike must be returned?"
    assert similarity(question, "Bikes are returned within 30 days.") > 2 * similarity(
        question, "Invoices are paid by bank transfer in June."
    )


def test_embed_text_ignores_case_and_accents() -> None:
    assert similarity("Café Réunion", "cafe reunion") == pytest.approx(1)
