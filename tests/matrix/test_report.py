from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.matrix.test_seeded_failures import SEEDS, plant
from tests.unit.conftest import build_tree

from matrix import page, report
from matrix.report import MergeError, Report
from matrix.run import Run
from matrix.settings import Settings
from matrix.suites.report import Line
from matrix.suites.report import Report as SuitesReport


def looked(root: Path, *, cache: Path | None = None, shard: tuple[int, int] = (1, 1), **where: str) -> Report:
    run = Run(Settings(root=root, cache=cache, shard=shard, where=where, twice=False))
    try:
        run.static()
    finally:
        run.results.close()
    return run.report


@pytest.fixture
def broken(files: dict[str, str], tmp_path: Path) -> Path:
    for seed in (SEEDS[0], SEEDS[2]):
        files = plant(files, seed)
    return build_tree(tmp_path / "broken", files)


def test_reports_of_shards_merge_into_the_report_of_the_whole(broken: Path) -> None:
    shards = [looked(broken, shard=(number, 5)) for number in range(1, 6)]

    merged = report.merge([report.from_json(json.loads(json.dumps(report.to_json(each)))) for each in shards])

    whole = report.to_json(looked(broken))
    for name in ("template", "options", "combinations", "facts", "failures"):
        assert report.to_json(merged)[name] == whole[name]
    assert merged.counts["trees assembled"] == whole["counts"]["trees assembled"]


def test_reports_on_different_templates_do_not_merge(broken: Path, files: dict[str, str], tmp_path: Path) -> None:
    other = looked(build_tree(tmp_path / "other", files))

    with pytest.raises(MergeError, match="different templates"):
        report.merge([looked(broken), other])


def test_where_looks_only_at_these_combinations(broken: Path) -> None:
    found = looked(broken, jobs="kafka", ci="github")

    assert found.combinations.bit_count() == 2
    assert found.is_green


def test_second_run_works_out_only_what_a_changed_file_reaches(broken: Path, tmp_path: Path) -> None:
    cold = looked(broken, cache=tmp_path / "cache")
    again = looked(broken, cache=tmp_path / "cache")
    (broken / "template/docs/kafka.md").write_text("# Kafka\n\n## Topics\n\nTwo.\n", encoding="utf-8")
    changed = looked(broken, cache=tmp_path / "cache")

    assert cold.counts["checks known from before"] == 0
    assert again.counts["checks run"] == 0
    assert changed.counts["checks run"] == 2  # it is parsed, and its links and anchors are read
    assert report.to_json(again)["failures"] == report.to_json(cold)["failures"]


def test_table_names_place_answers_and_command(broken: Path) -> None:
    text = report.table(looked(broken))

    assert "12 of 12" in text
    assert "✗ app/src/app/__main__.py:2: imports servers from app.queues.kafka  [modules]" in text
    assert "6 combinations: jobs=postgres" in text
    assert 'make matrix ARGS="--where jobs=postgres --no-suites --samples 0"' in text


def test_page_colours_the_pairs_that_fail(broken: Path) -> None:
    html = page.render(looked(broken))

    assert '<td style="background:hsl(8 80% 30%)" title="ui=react, jobs=postgres: 3 of 3 fail">' in html
    assert '<td style="background:#8fd19e" title="ui=react, jobs=kafka: 0 of 3 fail">' in html
    assert "imports servers from app.queues.kafka" in html
    assert "<script" not in html


def test_page_shows_where_suites_are_credited(files: dict[str, str], tmp_path: Path) -> None:
    found = looked(build_tree(tmp_path / "small", files))
    kafka, none = found.options.where({"jobs": "kafka"}), found.options.where({"ci": "none"})
    line = Line(f"{found.options.all:x}", f"{kafka:x}", f"{none & ~kafka:x}", runs=2, known=0, seconds=1.0)
    found.suites = SuitesReport(found.options.count, {"app": line})

    html = page.render(found)

    assert 'hsl(135 42% 40%)" title="ui=react, jobs=kafka: 3 of 3 are credited"' in html
    assert '"background:#d0d5dd" title="ui=react, jobs=postgres: 0 of 3 are credited"' in html
    assert 'title="ui=react, ci=none: 1 of 2 fail"' in html
    assert "credited: 6 (50.00%)" in html


def test_reports_that_tell_of_the_same_suite_do_not_merge(files: dict[str, str], tmp_path: Path) -> None:
    found = looked(build_tree(tmp_path / "small", files))
    found.suites = SuitesReport(found.options.count, {"app": Line("1", "1", "0", runs=1, known=0, seconds=1.0)})

    with pytest.raises(MergeError, match="both tell of app"):
        report.merge([found, found])
