from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.matrix.test_seeded_failures import SEEDS, plant
from tests.unit.conftest import build_tree

from airworthy import source
from matrix.__main__ import main

ROOT = source.locate().folder
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tools"), str(ROOT / "generator")])}


def test_failure_gives_1_and_both_files(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_tree(tmp_path / "broken", plant(files, SEEDS[2]))
    words = [
        "--root",
        root,
        "--samples",
        "0",
        "--no-suites",
        "--json",
        tmp_path / "a.json",
        "--html",
        tmp_path / "a.html",
    ]

    assert main([str(word) for word in words]) == 1

    assert json.loads((tmp_path / "a.json").read_text())["failures"][0]["answers"] == [{"jobs": "postgres"}]
    assert "<table" in (tmp_path / "a.html").read_text()
    assert "✗ app/src/app/__main__.py" in capsys.readouterr().out


def test_all_is_well_gives_0_with_copier_asked(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_tree(tmp_path / "small", files)

    assert (
        main(["--root", str(root), "--samples", "1", "--seed", "7", "--no-suites", "--where", "ci=none,ui=none"]) == 0
    )

    said = capsys.readouterr().out
    assert "2 of 12" in said
    assert "seed" in said


def test_shards_merge(files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = build_tree(tmp_path / "broken", plant(files, SEEDS[2]))
    reports = [str(tmp_path / f"{number}.json") for number in (1, 2)]
    for number, path in enumerate(reports, start=1):
        main(["--root", str(root), "--samples", "0", "--no-suites", "--shard", f"{number}/2", "--json", path])

    assert main(["--merge", *reports]) == 1

    assert "12 of 12" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--shard", "3/2"], ["--shard", "x"], ["--where", "ui"], ["--unknown"]])
def test_wrong_usage_gives_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)

    assert stopped.value.code == 2
    assert "usage: matrix" in capsys.readouterr().err


def test_unknown_answer_gives_2(files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = build_tree(tmp_path / "small", files)

    assert main(["--root", str(root), "--where", "ui=vue"]) == 2

    assert "'vue' is not one of react, none" in capsys.readouterr().err
    assert main(["--root", str(root), "--where", "name=Desk"]) == 2


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    assert "--merge 1.json 2.json" in capsys.readouterr().out


def test_ctrl_c_stops_it_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "matrix", "--no-suites", "--samples", "200", "--cache", str(tmp_path / "cache")]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("check"):
                break
        os.killpg(process.pid, signal.SIGINT)
        said, complained = process.communicate()

    assert process.returncode == 130
    assert said == ""
    assert "Stopped" in complained
    assert "Traceback" not in complained
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
