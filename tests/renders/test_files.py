"""What a render looks like: the right files, parsed, formatted, without scars."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from tests.renders.conftest import files, folder
from tests.renders.selection import ROOT, Selection, choices

from airworthy import manifest, questions, source

ANSWERS_FILE = ".copier-answers.yml"
WITHOUT_FILES = {("ui", "none"), ("cache", "memory"), ("billing", "none")}
QUESTIONS = questions.load(ROOT)
SOURCE = source.locate()
MANIFEST = manifest.load(SOURCE.folder, SOURCE.files)
BINARY = {".png", ".ico", ".woff2"}
SCARS = {
    "spaces at the end of a line": re.compile(rb"[ \t]+$", re.MULTILINE),
    "three line breaks more than one blank line": re.compile(rb"\n\n\n\n"),
    "a blank line at the start": re.compile(rb"\A\n"),
    "a blank line at the end": re.compile(rb"\n\n\Z"),
    "no line break at the end": re.compile(rb"[^\n]\Z"),
    "a left-over of the template": re.compile(rb"# \{%|\{%-? |_copier_(?!conf)"),
}


def scars(content: bytes) -> list[str]:
    """Name what shows that a machine wrote the file."""
    return [name for name, pattern in SCARS.items() if pattern.search(content)]


@pytest.mark.parametrize(
    ("content", "scar"),
    [
        (b"a \nb\n", "spaces at the end of a line"),
        (b"a\n\n\n\nb\n", "three line breaks more than one blank line"),
        (b"\na\n", "a blank line at the start"),
        (b"a\n\n", "a blank line at the end"),
        (b"a", "no line break at the end"),
        (b"# {% if x %}\n", "a left-over of the template"),
    ],
)
def test_scars_are_seen(content: bytes, scar: str) -> None:
    assert scars(content) == [scar]


def test_render_has_no_scars(selection: Selection) -> None:
    marked = {
        path: found
        for path, content in files(selection).items()
        if Path(path).suffix not in BINARY and content and (found := scars(content))
    }
    assert marked == {}


def test_render_parses(selection: Selection) -> None:
    for path, content in files(selection).items():
        _parse(path, content)


def _parse(path: str, content: bytes) -> None:
    if path.endswith(".py"):
        compile(content, path, "exec", dont_inherit=True)
    elif path.endswith(".toml"):
        tomllib.loads(content.decode())
    elif path.endswith((".yaml", ".yml")) and not path.startswith(".gitlab"):
        list(yaml.safe_load_all(content))
    elif path.endswith(".json") and "tsconfig" not in path and ".devcontainer" not in path:
        json.loads(content)
    elif path.endswith(".jsonl"):
        [json.loads(line) for line in content.splitlines()]


def test_formatting_changes_nothing(selection: Selection) -> None:
    for command in (["format", "--check", "--quiet"], ["check", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "."]
        done = subprocess.run(ruff, cwd=folder(selection), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_manifest_names_what_copier_writes(selection: Selection) -> None:
    assert _files_for(selection.answers) == frozenset(files(selection))


LINE = re.compile(
    r"'/(?P<path>[^'*]+)' if (?P<option>\w+) \| default\('\w+'\) (?P<how>[!=]=) '(?P<choice>[\w.-]+)' else ''"
)
PER_DOMAIN = re.compile(r'^  - "/(.*\*.*)"$', re.MULTILINE)


def _files_for(answers: Mapping[str, str]) -> frozenset[str]:
    return MANIFEST.files_for(QUESTIONS.resolve(answers))


@cache
def _dropped() -> dict[tuple[str, str], frozenset[str]]:
    """Read from copier.yml's text, not from its evaluation, which files each answer leaves out."""
    return {
        (option, value): frozenset(file for file in _template_files() if any(_covers(path, file) for path in paths))
        for option, values in choices().items()
        for value in values
        for paths in [_lines(option, value)]
    }


def _lines(option: str, value: str) -> list[str]:
    text = (ROOT / "copier.yml").read_text()
    found = [line for line in LINE.finditer(text) if line["option"] == option]
    paths = [line["path"] for line in found if (line["choice"] == value) == (line["how"] == "==")]
    if option == "domain":
        others = [other for other in choices()["domain"] if other != value]
        paths += [
            path.replace("**", other).replace("*", other) for path in PER_DOMAIN.findall(text) for other in others
        ]
    return paths


def _covers(path: str, file: str) -> bool:
    return file == path or file.startswith(f"{path}/")


def _template_files() -> frozenset[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "template"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = (path.removeprefix("template/") for path in listed.split("\0") if path)
    return frozenset(ANSWERS_FILE if "{{" in name else name.removesuffix(".jinja") for name in names)


@pytest.mark.parametrize(("option", "choice"), [(o, c) for o, values in choices().items() for c in values])
def test_choice_brings_its_files_and_no_other_choice_does(option: str, choice: str) -> None:
    others = [other for other in choices()[option] if other != choice]
    brought = frozenset.intersection(*(_dropped()[option, other] for other in others)) - _dropped()[option, choice]
    assert bool(brought) == ((option, choice) not in WITHOUT_FILES)
    assert brought & _files_for({option: choice}) or not brought
    for other in others:
        assert not brought & _files_for({option: other})


# covers R-0114
def test_every_combination_has_the_files_of_its_choices_and_no_others() -> None:
    options, dropped, universe, common = choices(), _dropped(), _template_files(), QUESTIONS.resolve({})
    count = 0
    for values in product(*options.values()):
        answers = dict(zip(options, values, strict=True))
        expected = universe.difference(*(dropped[answer] for answer in answers.items()))
        assert MANIFEST.files_for({**common, **answers}) == expected, answers
        count += 1
    assert count == 18_432
