"""Different questions never have one signature, however near their embeddings are."""

# covers R-0207

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy.providers.lexical import embed_text
from model_proxy.semantics.memory import cosine
from model_proxy.semantics.signature import signature

PAIRS: Any = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text(encoding="utf-8"))
THRESHOLD = 0.8


def different() -> Iterator[tuple[str, str, str]]:
    for reason, pairs in PAIRS["different"].items():
        for one, other in pairs:
            yield reason, one, other


def similarity(one: str, other: str) -> float:
    return cosine(embed_text(one, 384), embed_text(other, 384))


@pytest.mark.parametrize(("reason", "one", "other"), list(different()))
def test_signature_tells_near_questions_apart(reason: str, one: str, other: str) -> None:
    assert signature(one) != signature(other), reason


@pytest.mark.parametrize(("one", "other"), PAIRS["same"])
def test_signature_is_the_same_for_the_same_question(one: str, other: str) -> None:
    assert signature(one) == signature(other)


def test_embeddings_alone_would_confuse_them() -> None:
    """The negative control: without the signature most of these pairs would share an answer."""
    confused = [pair for pair in different() if similarity(*pair[1:]) >= THRESHOLD]
    assert len(confused) >= 0.75 * len(list(different()))
    numbers, negations, names = (
        [pair for pair in confused if pair[0] == reason]
        for reason in ("number", "negation", "name")
    )
    assert min(len(numbers), len(negations), len(names)) >= 3


def test_signature_of_another_language_is_its_own_words() -> None:
    assert signature("Wie lange gilt die Garantie?") != signature("Wie lange gilt die Rechnung?")
    assert signature("Est-ce que c'est gratuit ?") == signature("est-ce que c'est gratuit")
