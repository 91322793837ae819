from __future__ import annotations

import pytest

from matrix import shrinking
from matrix.combinations import Options

OPTIONS = Options(dict.fromkeys(("one", "two", "three", "four", "five"), ("a", "b", "c")))


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"two": "b"},
        {"one": "a", "five": "c"},
        {"one": "a", "three": "b", "four": "c"},
        dict.fromkeys(OPTIONS.choices, "b"),
    ],
)
def test_smallest_is_exactly_what_was_planted(answers: dict[str, str]) -> None:
    assert shrinking.smallest(OPTIONS, OPTIONS.where(answers), OPTIONS.all) == answers


def test_cases_stand_for_all_failing_combinations() -> None:
    failing = OPTIONS.where({"one": "a", "two": "b"}) | OPTIONS.where({"five": "c"})

    assert shrinking.cases(OPTIONS, failing, OPTIONS.all) == [{"five": "c"}, {"one": "a", "two": "b"}]


def test_answers_that_nobody_looked_at_do_not_count() -> None:
    within = OPTIONS.where({"one": "a"})

    assert shrinking.smallest(OPTIONS, within & OPTIONS.where({"two": "b"}), within) == {"two": "b"}
