"""What we write is what copier writes, byte for byte."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.published import Published, tree_of

from airworthy import questions, render, source

SEED = 20_251_121
PRESETS: list[dict[str, str]] = [{"preset": name} for name in ("freelancer", "startup", "platform")]


def samples(number: int) -> Iterator[dict[str, str]]:
    chooser = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    asked = [question for question in questions.load(source.locate().folder) if question.choices]
    for _ in range(number):
        yield {question.name: chooser.choice(question.choices).value for question in asked}


# covers R-0105 R-0113
@pytest.mark.parametrize("answers", [*PRESETS, *samples(2)], ids=lambda answers: "-".join(answers.values()))
def test_render_writes_what_copier_writes(published: Published, tmp_path: Path, answers: dict[str, str]) -> None:
    said = published.copy(tmp_path / "theirs", answers)

    rendered = render.render(published.source(), answers, tmp_path / "ours")

    theirs = tree_of(tmp_path / "theirs")
    assert tree_of(tmp_path / "ours") == theirs
    assert {file.path: file.size for file in rendered.files} == {
        path: len(content) for path, (content, _) in theirs.items()
    }
    assert "make dev" in said


def test_plan_holds_what_render_writes(published: Published, tmp_path: Path) -> None:
    planned = render.plan(published.source(), PRESETS[1])

    rendered = render.render(published.source(), PRESETS[1], tmp_path / "app")

    assert (planned.files, planned.commit, planned.digest) == (rendered.files, rendered.commit, rendered.digest)
    assert planned.contents == {path: content for path, (content, _) in tree_of(tmp_path / "app").items()}


def test_render_records_a_source_that_makes_sense_elsewhere(published: Published) -> None:
    recorded = render.plan(published.source(), {}).contents[render.ANSWERS_FILE].decode()

    head = published.git("rev-parse", "HEAD").strip()
    assert f"\n_commit: v1.0.0\n_commit_hash: {head}\n_src_path: {published.url}\n" in recorded
    assert str(published.folder) not in recorded
