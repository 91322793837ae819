from __future__ import annotations

from itertools import product

import pytest

from airworthy import questions, source
from matrix.combinations import Options, indices

OPTIONS = Options({"ui": ("react", "none"), "idp": ("a", "b", "c"), "ci": ("github", "gitlab")})


def test_options_are_those_of_copier_yml() -> None:
    options = Options.of(questions.load(source.locate().folder))

    assert {"preset", "licence", "regions"}.isdisjoint(options.choices)
    assert list(options.choices)[:2] == ["domain", "ui"]
    assert options.count == 18_432


def test_combinations_are_all_of_them_in_the_order_of_their_index() -> None:
    expected = [dict(zip(OPTIONS.choices, values, strict=True)) for values in product(*OPTIONS.choices.values())]

    assert [dict(combination.answers) for combination in OPTIONS] == expected
    assert [combination.index for combination in OPTIONS] == list(range(12))


def test_find_is_the_inverse() -> None:
    assert all(OPTIONS.find({**c.answers, "name": "Desk"}) == c for c in OPTIONS)


@pytest.mark.parametrize("answers", [{}, {"idp": "b"}, {"ui": "none", "ci": "github"}])
def test_where_is_the_set_that_a_loop_would_find(answers: dict[str, str]) -> None:
    expected = [c.index for c in OPTIONS if answers.items() <= c.answers.items()]

    assert list(indices(OPTIONS.where(answers))) == expected


@pytest.mark.parametrize("count", [1, 2, 5, 12, 13])
def test_shards_are_disjoint_and_hold_everything(count: int) -> None:
    shards = [OPTIONS.shard(number, count) for number in range(1, count + 1)]

    assert sum(shard.bit_count() for shard in shards) == OPTIONS.count
    assert sum(shards) == OPTIONS.all
