from __future__ import annotations

from typing import TYPE_CHECKING

from matrix.samples import samples

if TYPE_CHECKING:
    from matrix.template import Template


def test_samples_are_presets_single_changes_and_chance(small: Template) -> None:
    found = samples(small.questionnaire, small.options, seed=1, count=30)

    assert [each.name for each in found[:2]] == ["small", "large"]
    assert [each.name for each in found[2:6]] == [
        "small, ui=none",
        "small, jobs=kafka",
        "small, ci=gitlab",
        "small, ci=none",
    ]
    assert found[5].answers == {**found[0].answers, "ci": "none"}
    assert len(found) == 2 + 2 * 4 + 30
    assert len({each.answers["name"] for each in found}) > 20


def test_samples_are_the_same_for_the_same_seed(small: Template) -> None:
    first, second, other = (samples(small.questionnaire, small.options, seed=seed, count=9) for seed in (1, 1, 2))

    assert [each.answers for each in first] == [each.answers for each in second]
    assert [each.answers for each in first] != [each.answers for each in other]
