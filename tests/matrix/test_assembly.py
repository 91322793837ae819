"""What is read is what is really read, and trees are put together from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.conftest import build_tree

from airworthy import engine
from airworthy.errors import UnreadableTemplateError
from matrix import equality, syntax
from matrix.equality import examine
from matrix.faults import RenderFaultError
from matrix.samples import Sample
from matrix.template import Template

if TYPE_CHECKING:
    from matrix.combinations import Combination


def test_files_read_the_options_that_they_name(small: Template) -> None:
    assert small.files["compose.yaml"].names == ("jobs",)
    assert small.files["README.md"].names == ("jobs",)
    assert small.files["app/src/app/settings.py"].names == ()
    assert small.files[".copier-answers.yml"].names == ("ci", "jobs", "ui")


def test_exclude_lines_decide_over_the_files_that_they_match(small: Template) -> None:
    assert small.exclusions.names("ui/src/main.ts") == {"ui"}
    assert small.exclusions.names("docs/kafka.md") == {"jobs"}
    assert small.exclusions.names("Makefile") == frozenset()


def test_file_is_rendered_once_per_distinct_input(small: Template) -> None:
    for combination in small.combinations():
        small.assemble(combination)

    assert small.files["compose.yaml"].worked == 2
    assert small.files["product.toml"].worked == 2
    assert small.files["Makefile"].worked == 1
    assert small.files[".copier-answers.yml"].worked == 12


def test_tree_of_every_combination_is_what_copier_writes(files: dict[str, str], tmp_path: Path) -> None:
    folder = build_tree(tmp_path / "plain", files)
    template = Template.open(folder, origin=str(folder))

    def sample(combination: Combination) -> Sample:
        return Sample(str(combination.index), template.questionnaire.resolve(combination.answers))

    assert [examine(template, sample(each), engine.copy) for each in template.combinations()] == [None] * 12


def test_difference_from_copier_is_seen(files: dict[str, str], tmp_path: Path) -> None:
    folder = build_tree(tmp_path / "plain", files)
    template = Template.open(folder, origin=str(folder))

    def tampering(source: Path, target: Path, answers: Mapping[str, str]) -> None:
        engine.copy(source, target, answers)
        (target / "Makefile").write_text("all:\n", encoding="utf-8")
        (target / "compose.yaml").chmod(0o755)
        (target / "product.toml").unlink()
        (target / "extra").touch()

    found = examine(template, Sample("it", template.questionnaire.resolve({})), tampering)

    assert found
    assert found.paths == {
        "Makefile": "has other bytes than copier's",
        "compose.yaml": "has another mode than copier gives it",
        "extra": "is written by copier only",
        "product.toml": "is assembled, but copier does not write it",
    }


def test_write_writes_contents_and_modes(small: Template, tmp_path: Path) -> None:
    tree = small.assemble(small.options.combination(0))

    small.write(tree, tmp_path / "out")

    assert equality.tree(tmp_path / "out") == dict(tree)


def test_texts_reach_the_files(small: Template) -> None:
    worded = small.with_texts({"name": "Other", "preset": "large"})
    tree = worded.assemble(small.options.combination(0))

    assert worded.blobs.read(tree["product.toml"].digest).startswith(b'[product]\nname = "Other"\n')
    assert b"slug: other\n" in worded.blobs.read(tree[".copier-answers.yml"].digest)


def test_broken_file_breaks_only_the_trees_that_hold_it(files: dict[str, str], tmp_path: Path) -> None:
    files["template/compose.yaml.jinja"] = "# {% if jobs == 'kafka' %}\n{{ nobody }}\n# {% endif %}\n"
    template = Template.open(build_tree(tmp_path / "broken", files))

    template.assemble(template.options.find({"ui": "react", "jobs": "postgres", "ci": "none"}))
    with pytest.raises(RenderFaultError, match=r"compose\.yaml\.jinja: UndefinedError: 'nobody' is undefined"):
        template.assemble(template.options.find({"ui": "react", "jobs": "kafka", "ci": "none"}))


def test_includes_are_refused_because_nobody_knows_what_they_read(small: Template) -> None:
    with pytest.raises(UnreadableTemplateError, match="x includes another template"):
        syntax.names_read(small.environment, "# {% include 'other' %}\n", "x")


def test_adding_a_choice_needs_no_change_here(files: dict[str, str], tmp_path: Path) -> None:
    files["copier.yml"] = files["copier.yml"].replace("None: none}}\njobs", "None: none, Vue: vue}}\njobs")

    assert Template.open(build_tree(tmp_path / "more", files)).options.count == 18
