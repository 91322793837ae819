"""Which files each choice brings, read from copier.yml's text and held against what the manifest says."""

import re
import subprocess
from collections.abc import Mapping
from functools import cache
from itertools import product

import pytest
from tests.selection import ROOT, choices

from airworthy import manifest, questions, source

ANSWERS_FILE = ".copier-answers.yml"
WITHOUT_FILES = {("ui", "none"), ("cache", "memory"), ("billing", "none")}
QUESTIONS = questions.load(ROOT)
SOURCE = source.locate()
MANIFEST = manifest.load(SOURCE.folder, SOURCE.files)
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
