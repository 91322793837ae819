"""The property that everything rests on: the assembled tree is what copier's public API writes, byte for byte.

All presets, every single change to each of them, and at least 200 answers by chance, anew in each run; the seed is in
the summary, and `AIRWORTHY_MATRIX_SEED` repeats it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import copier
import pytest

from airworthy import engine, source
from matrix import equality, samples
from matrix.template import Template

SEED = int(os.environ["AIRWORTHY_MATRIX_SEED"])
CHANCE, BATCHES = 200, 20


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with equality.plain(source.locate().folder) as folder:
        yield Template.open(folder, origin=str(folder))


def everything(template: Template) -> list[samples.Sample]:
    return samples.samples(template.questionnaire, template.options, seed=SEED, count=CHANCE)


# covers R-0105 R-0114
@pytest.mark.parametrize("batch", range(BATCHES))
def test_assembled_trees_are_what_copier_writes(template: Template, batch: int) -> None:
    different = [equality.examine(template, each, engine.copy) for each in everything(template)[batch::BATCHES]]

    assert len(different) >= (CHANCE + 3) // BATCHES
    assert [each for each in different if each] == []


@pytest.mark.parametrize("preset", range(3))
def test_assembled_preset_is_what_copier_writes_when_nobody_helps_it(template: Template, preset: int) -> None:
    def bare(folder: Path, target: Path, answers: Mapping[str, str]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copier.run_copy(str(folder), target, data=dict(answers), defaults=True, quiet=True)

    assert equality.examine(template, everything(template)[preset], bare) is None
