"""The tree that would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy import preview
from airworthy.render import RenderedFile

if TYPE_CHECKING:
    import pytest

    from airworthy.manifest import Manifest

FILES = [RenderedFile("README.md", 900), RenderedFile("src/a/one.py", 1500), RenderedFile("src/two.py", 2_500_000)]


# covers R-0104
def test_show_prints_tree_sizes_and_total(chart: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    preview.show("desk", FILES, chart, chart.questionnaire.resolve({"jobs": "kafka"}))

    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:6]] == [
        ["desk/"],
        ["├──", "src/"],
        ["│", "├──", "a/"],
        ["│", "│", "└──", "one.py", "1.5", "kB"],
        ["│", "└──", "two.py", "2.5", "MB"],
        ["└──", "README.md", "900", "B"],
    ]
    assert "3 files, 2.5 MB" in lines


def test_show_prints_what_each_answer_brings(chart: Manifest, capsys: pytest.CaptureFixture[str]) -> None:
    answers = chart.questionnaire.resolve({"jobs": "kafka"})
    files = [RenderedFile(path, 1) for path in chart.files_for(answers)]

    preview.show("desk", files, chart, answers)

    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split() == [
        "jobs=kafka",
        "4",
        "files",
        "data/kafka/a.txt,",
        "docs/kafka/,",
        "infra/compose/kafka.yaml",
    ]


def test_brought_by_answers_leaves_out_what_never_decides_a_file(chart: Manifest) -> None:
    assert set(preview.brought_by_answers(chart, chart.questionnaire.resolve({}))) == {"jobs"}
