"""The documents' commands run, their links lead somewhere, and they know every option."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.selection import ROOT, choices

from airworthy import questions

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")

# Commands that other tests run in a fuller form than this one could.
ELSEWHERE = {
    "make new": "tests/wizard",
    "make dev": "make matrix: the generated repo's own end-to-end test starts the same stack",
    "make test": "continuous integration itself",
    "make check": "continuous integration",
    "make quick": "a part of make test",
    "make bench": "tests/unit/test_benchmarks.py",
    "make matrix": "tests/matrix",
}


def _commands() -> list[str]:
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text())]
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return sorted({line for line in lines if line and not line.startswith("#")})


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents") / "airworthy"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    example = next(block for block in YAML.findall((ROOT / "docs/options.md").read_text()) if "locked:" in block)
    (folder / "acme.yml").write_text(example)
    return folder


@pytest.mark.parametrize("command", [c for c in _commands() if c not in ELSEWHERE])
def test_command_in_the_documents_works(command: str, clone: Path) -> None:
    shutil.rmtree(clone.parent / "desk", ignore_errors=True)
    environment = {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/airworthy-dev/airworthy.git",
    }
    runnable = command.replace("copier copy", "copier copy --defaults --vcs-ref HEAD")
    done = subprocess.run(
        ["bash", "-euc", runnable],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


def test_options_page_states_the_presets() -> None:
    questionnaire = questions.load(ROOT)
    table = re.search(r"^## Presets\n\n(.*?)\n\n", (ROOT / "docs/options.md").read_text(), re.MULTILINE | re.DOTALL)
    assert table
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table[1].splitlines()]
    for option, *values in rows[2:]:
        assert values == [questionnaire.resolve({"preset": preset})[option] for preset in rows[0][1:]]


def test_options_page_knows_every_choice() -> None:
    page = (ROOT / "docs/options.md").read_text()
    every = [(option, value) for option, values in choices().items() for value in values]
    missing = [f"{option}: {value}" for option, value in every if f"`{value}`" not in page]
    assert missing == []
