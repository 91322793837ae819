"""The benchmark runs, says what it measured, and can miss its goals; figures are not asserted."""

import importlib
import json
import sys
from pathlib import Path

import pytest

benchmarks = importlib.import_module("auth.benchmarks.__main__")
requests = importlib.import_module("auth.benchmarks.requests")
verification = importlib.import_module("auth.benchmarks.verification")


def missed(added_ms: float, failed: int) -> list[str]:
    """The goals that such requests miss."""
    plain, guarded = requests.Load([1.0] * 20), requests.Load([1.0 + added_ms] * 20, failed)
    pairs = [(plain, guarded)] * 3
    figures = [*requests.compared(pairs, 500), requests.failed(pairs)]
    return [figure.name for figure in figures if not figure.is_met]


@pytest.mark.parametrize(
    ("added_ms", "failed", "names"),
    [(1.9, 0, []), (2.1, 0, ["added to p95"]), (1.9, 1, ["failed requests"])],
)
def test_goals_of_requests_can_be_missed(added_ms: float, failed: int, names: list[str]) -> None:
    assert missed(added_ms, failed) == names


@pytest.mark.parametrize(("rate", "is_met"), [(51, True), (49, False)])
def test_goal_of_verification_can_be_missed(rate: float, is_met: bool) -> None:
    share = verification.FIRST_SHARE
    assert verification.judged("verified", rate, 100, share).is_met is is_met


def test_benchmark_measures_everything_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    tiny = ["--rate", "20", "--seconds", "0.3", "--tokens", "20", "--sessions", "20"]
    tiny += ["--rotation-seconds", "1.5"]
    monkeypatch.setattr(sys, "argv", ["make bench", *tiny, "--json", str(file)])
    code = benchmarks.main()
    figures = {figure["name"]: figure for figure in json.loads(file.read_text())}
    assert "added to p95" in figures
    assert figures["failed requests"]["value"] == 0
    assert figures["failed during two rotations"]["value"] == 0
    assert figures["failed requests meanwhile"]["value"] == 0
    assert figures["keys that signed under load"]["value"] >= 1
    missed = [figure for figure in figures.values() if not figure["is_met"]]
    assert code == (1 if missed else 0)
    said = capsys.readouterr().out
    assert all(name in said for name in figures)
