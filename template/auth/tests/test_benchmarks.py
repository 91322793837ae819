"""The benchmark runs and says what it measured; the figures themselves are not asserted here."""

import json
import subprocess
import sys
from pathlib import Path

from runtime.product import root


def test_benchmark_measures_everything_once(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    tiny = ["--rate", "20", "--seconds", "0.3", "--tokens", "20", "--sessions", "20"]
    tiny += ["--rotation-seconds", "1.5"]
    command = [sys.executable, "-m", "auth.benchmarks", *tiny, "--json", str(file)]
    done = subprocess.run(command, cwd=root(), capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    figures = {figure["name"]: figure for figure in json.loads(file.read_text())}
    assert "added to p95" in figures
    assert figures["failed requests"]["value"] == 0
    assert figures["failed during two rotations"]["value"] == 0
    assert figures["failed requests meanwhile"]["value"] == 0
    assert figures["keys that signed under load"]["value"] >= 1
    missed = [figure for figure in figures.values() if not figure["is_met"]]
    assert done.returncode == (1 if missed else 0)
    assert all(name in done.stdout for name in figures)
