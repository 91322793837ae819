"""What a pattern finds, which entries count, which combinations meet."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from matrix.combinations import Combination, Options
from matrix.suites import explanation, order, tables
from matrix.suites.conditions import finder, parents
from matrix.template import Template

ROOT = Path(__file__).resolve().parents[3]
PATHS = ("a.py", "b/c.py", "b/d/e.yaml", "b/d/f/g.py", ".h/i.yml", "j/src/k/__init__.py", "j/src/k/l[1].py")
OPTIONS = Options({"jobs": ("postgres", "kafka"), "cache": ("memory", "valkey", "redis"), "idp": ("generic", "entra")})
PATTERNS = (
    "*",
    "*.py",
    "**/*.py",
    "*/src/*/__init__.py",
    "**/*",
    "**/c.py",
    "?.py",
    "b/*",
    "*.*",
    "**/d/*",
    "*/*",
    "l[[]1].py",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("root", ["", "b", "j/src/k"])
def test_finder_finds_what_glob_finds(tmp_path: Path, root: str, pattern: str) -> None:
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    expected = {str(path.relative_to(tmp_path)) for path in (tmp_path / root).glob(pattern)} - {root or "."}

    matches = finder(root, pattern)

    assert {path for path in {*PATHS, *parents(PATHS)} if matches(path)} == expected


def test_entries_count_if_an_opened_file_names_them() -> None:
    product = b'[adapters]\njobs = "kafka"\ncache = "valkey"\n[other]\nkey = 1\n'
    opened = [("product.toml", product), ("a.py", b"x = settings.jobs"), ("b.py", b"cache: str")]

    assert tables.needed("product.toml", product, opened) == ["adapters.jobs", "other.key"]
    script = ("run.sh", b"grep cache product.toml")
    assert tables.needed("product.toml", product, [script]) == ["adapters.cache", "other.key"]
    assert tables.needed("product.toml", product, [("own.mjs", b"const jobs = 3")]) == ["other.key"]


def test_tables_count_if_an_opened_file_names_the_table() -> None:
    project = b'[project]\nname = "x"\n[dependency-groups]\ndev = []\n[tool.pytest]\na = 1\n'

    assert tables.needed("pyproject.toml", project, []) == ["tool.pytest"]
    reader = [("a.py", b"document['dependency-groups']")]
    assert tables.needed("pyproject.toml", project, reader) == ["dependency-groups.dev", "tool.pytest"]


def test_stages_bring_all_pairs_and_all_triples_of_this_template() -> None:
    template = Template.open(ROOT)
    stages = order.stages(template)

    assert [stage.name for stage in stages] == ["presets", "single choices", "pairs of choices", "triples of choices"]
    run: list[Combination] = []
    for stage, size in zip(stages, (0, 1, 2, 3), strict=True):
        run += stage.combinations
        met = {group for each in run for group in combinations(each.answers.items(), size)}
        assert met == {
            group
            for names in combinations(template.options.choices, size)
            for group in _groups(template.options, names)
        }
    assert len({combination.index for combination in run}) == len(run)


def _groups(options: Options, names: tuple[str, ...]) -> set[tuple[tuple[str, str], ...]]:
    found: set[tuple[tuple[str, str], ...]] = {()}
    for name in names:
        found = {(*group, (name, value)) for group in found for value in options.choices[name]}
    return found


@pytest.mark.parametrize(
    "cause",
    [
        {"jobs": "kafka"},
        {"jobs": "postgres", "idp": "entra"},
        {"jobs": "kafka", "cache": "redis", "idp": "entra"},
        {},
    ],
)
def test_fewest_names_the_cause_and_nothing_else(cause: dict[str, str]) -> None:
    usual = OPTIONS.combination(0)
    failing = OPTIONS.find({**{name: values[-1] for name, values in OPTIONS.choices.items()}, **cause})

    found = explanation.fewest(
        OPTIONS, failing, usual, lambda other: all(other.answers[name] == value for name, value in cause.items())
    )

    assert found == cause
