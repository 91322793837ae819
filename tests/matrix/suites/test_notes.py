"""What a run is known to have looked at decides in how many combinations it counts: each number of runs below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from matrix.suites.notes import Notes

if TYPE_CHECKING:
    from tests.matrix.suites.conftest import Toy

Make = Callable[..., "Toy"]

PRODUCT = {
    "product.toml.jinja": '[product]\ndomain = "{{ idp }}"\n\n[adapters]\njobs = "{{ jobs }}"\ncache = "{{ cache }}"\n'
}
PARSED = "import tomllib\ntables = tomllib.loads(Path('product.toml').read_text())\n"
CHILD = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {code!r}], check={check})\n"


@pytest.mark.parametrize(
    ("body", "runs"),
    [
        (f"{PARSED}assert tables['adapters']['jobs'] != 'cache'", 2),
        (f"{PARSED}assert dict(tables['adapters'])['jobs'] != 'cache'", 6),
        (f"{PARSED}assert {{**tables['adapters']}}['jobs'] != 'cache'", 6),
        (f"{PARSED}assert tables.get('adapters', {{}}).get('cache') != 'jobs'", 3),
        (f"{PARSED}assert tables['product'].get('domain')", 2),
        ("assert 'jobs' != 'cache'", 1),
        ("text = Path('product.toml').read_text()\nassert 'jobs' in text and 'cache' in text", 6),
        (f"{PARSED}text = Path('product.toml').read_text()\nassert 'jobs' in text and 'cache' in text", 6),
    ],
)
def test_only_what_is_asked_of_the_product_file_counts(toy: Make, body: str, runs: int) -> None:
    assert _runs(toy(PRODUCT, it=body)) == runs


@pytest.mark.parametrize(
    ("body", "runs"),
    [
        (CHILD.format(code="open('app/cache.txt').read()", check=True), 3),
        (CHILD.format(code="import os; open('app/cache.txt').read(); os.kill(os.getpid(), 9)", check=False), 3),
        (CHILD.format(code="import os; os.listdir('app')", check=True), 2),
        (
            CHILD.format(
                code="import sys, importlib.metadata as m; sys.path.insert(0, 'app'); m.version('pytest')", check=True
            ),
            1,
        ),
        (CHILD.format(code="import os; os.path.exists('app/kafka.txt')", check=True), 2),
        # Not Python: it may have listed the folder too, as pytest did.
        ("import subprocess\nsubprocess.run(['cat', 'app/cache.txt'], check=True)", 6),
        ("import subprocess\nsubprocess.run(['true'], check=True)", 1),
    ],
)
def test_other_processes_are_known_as_well_as_the_test_itself(toy: Make, body: str, runs: int) -> None:
    assert _runs(toy(it=body)) == runs


def test_a_line_that_a_killed_process_left_half_written_is_no_note(tmp_path: Path) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text('["opened", "a"]\n["done"]\n["opened", "b')

    notes = Notes.read(file)

    assert notes.opened == {"a"}
    assert notes.is_whole
    assert not Notes.read(tmp_path / "none").is_whole


def _runs(toy: Toy) -> int:
    _, report = toy.try_out("--only", "test_it")
    assert not report.failures
    return report.lines["pytest:app/tests/test_it.py"].runs
