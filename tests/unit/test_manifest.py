"""The manifest names exactly the files that copier writes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.conftest import build_tree

from airworthy import engine, manifest
from airworthy.errors import UnreadableTemplateError

if TYPE_CHECKING:
    from airworthy.manifest import Manifest


def written_by_copier(template: Path, answers: dict[str, str], out: Path) -> frozenset[str]:
    """Through our engine, which is copier made fast; `tests/render` proves that it is no other."""
    engine.copy(template, out, answers)
    return frozenset(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def skeleton(real: Manifest, folder: Path) -> Path:
    """This checkout's copier.yml and file names, the files empty: copier renders it fast."""
    sources = [source for path, source in real.sources.items() if path != manifest.ANSWERS_FILE]
    answers_file = "template/{{_copier_conf.answers_file}}.jinja"
    tree = {f"template/{source}": "" for source in sources}
    build_tree(folder, {**tree, answers_file: "{{ _copier_answers | to_nice_yaml }}"})
    shutil.copy(real.folder.parent / "copier.yml", folder)
    return folder


# covers R-0104
@pytest.mark.parametrize("seed", range(5))
def test_files_for_agrees_with_copier(real: Manifest, tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - any sample will do
    given = {q.name: pick.choice(q.choices).value for q in real.questionnaire if q.choices}
    template = skeleton(real, tmp_path / "skeleton")

    expected = written_by_copier(template, given, tmp_path / "out")

    assert real.files_for(real.questionnaire.resolve(given)) == expected
    assert manifest.files_for(template, real.questionnaire.resolve(given)) == expected


@pytest.mark.parametrize("jobs", ["postgres", "kafka"])
def test_files_for_agrees_with_copier_on_a_small_template(small: Path, tmp_path: Path, jobs: str) -> None:
    chart = manifest.load(small)

    expected = written_by_copier(small, {"jobs": jobs}, tmp_path / "out")

    assert chart.files_for(chart.questionnaire.resolve({"jobs": jobs})) == expected


def test_files_for_brings_what_the_answer_names(chart: Manifest) -> None:
    with_kafka = chart.files_for(chart.questionnaire.resolve({"jobs": "kafka"}))
    without = chart.files_for(chart.questionnaire.resolve({}))

    assert with_kafka - without == {
        "docs/kafka/one.md",
        "docs/kafka/two.md",
        "infra/compose/kafka.yaml",
        "data/kafka/a.txt",
    }
    assert without - with_kafka == {"data/postgres/a.txt"}


def test_brought_by_leaves_out_what_all_choices_share(chart: Manifest) -> None:
    brought = chart.brought_by("jobs", chart.questionnaire.resolve({}))

    assert brought["postgres"] == {"data/postgres/a.txt"}
    assert "README.md" not in brought["kafka"]


def test_shaped_by_finds_the_seams(chart: Manifest) -> None:
    assert chart.shaped_by("jobs") == {"settings.toml"}
    assert chart.shaped_by("name") == {"README.md"}
    assert chart.shaped_by("preset") == set()


def test_shaped_by_says_which_file_is_broken(small: Path) -> None:
    (small / "template/settings.toml.jinja").write_text("ok\n# {% endif %}\n", encoding="utf-8")

    with pytest.raises(UnreadableTemplateError, match=r"settings\.toml\.jinja:2: "):
        manifest.load(small).shaped_by("jobs")


def test_services_are_those_of_the_compose_files(chart: Manifest) -> None:
    answers = chart.questionnaire.resolve({"jobs": "kafka"})

    assert chart.services(chart.files_for(answers)) == ["database", "kafka", "registry"]
    assert chart.services(chart.brought_by("jobs", answers)["kafka"]) == ["kafka", "registry"]


def test_services_of_the_product_itself_are_among_them(small: Path) -> None:
    root = (
        'name: {{ name }}\ninclude:\n# {% if jobs == "kafka" %}\n- kafka.yaml\n# {% endif %}\nservices: {gateway: {}}\n'
    )
    (small / "template/compose.yaml.jinja").write_text(root, encoding="utf-8")
    chart = manifest.load(small)

    assert chart.services(chart.files_for(chart.questionnaire.resolve({}))) == ["database", "gateway"]


def test_load_skips_what_is_installed_in_a_checkout(chart: Manifest) -> None:
    assert not [path for path in chart.sources if "node_modules" in path]


def test_load_takes_only_the_listed_files(small: Path) -> None:
    chart = manifest.load(small, ["copier.yml", "template/docs/index.md"])

    assert dict(chart.sources) == {"docs/index.md": "docs/index.md"}


def test_load_refuses_a_template_without_its_folder(small: Path) -> None:
    shutil.rmtree(small / "template")

    with pytest.raises(UnreadableTemplateError, match="template is not a folder"):
        manifest.load(small)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/one", "a/two"}, ["a/"]),
        ({"a/one"}, ["a/one"]),
        ({"a/b/one", "a/b/two", "c"}, ["a/b/", "c"]),
        ({"a/one", "a/two", "a/b/one", "a/b/two", "c", "d/e/f"}, ["a/", "c", "d/e/f"]),
        (set(), []),
    ],
)
def test_outline_writes_entire_folders_once(files: set[str], expected: list[str]) -> None:
    tree = {"a/one", "a/two", "a/b/one", "a/b/two", "c", "d/e/f"} - {"a/b/one", "a/b/two"} | files
    if files == {"a/b/one", "a/b/two", "c"}:
        tree |= {"a/one"}

    assert manifest.outline(frozenset(files), frozenset(tree)) == expected


# covers R-0101: every choice of every option is somewhere in the manifest, or says by design that it brings no file
def test_every_choice_brings_files_or_is_known_to_bring_none(real: Manifest) -> None:
    answers = real.questionnaire.resolve({})
    options = [q.name for q in real.questionnaire if q.choices and q.name not in {"preset", "licence"}]

    empty = {(name, value) for name in options for value, files in real.brought_by(name, answers).items() if not files}

    assert empty <= {("ui", "none"), ("cache", "memory"), ("billing", "none"), ("billing", "stripe")}
