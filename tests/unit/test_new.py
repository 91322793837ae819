"""`airworthy new` without a question: results, previews and refusals."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from airworthy import cli, manifest, new
from airworthy.errors import MissingGitError

if TYPE_CHECKING:
    from tests.checkout import Checkout, Run


def result(run: Run) -> dict[str, Any]:
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


# covers R-0103
def test_new_writes_a_repo_and_says_what_is_next(checkout: Checkout, tmp_path: Path) -> None:
    run = checkout.run("new", "my desk", "--defaults", "--data", "ui=none", cwd=tmp_path)

    assert run.returncode == 0, run.stderr
    assert (tmp_path / "my desk" / "product.toml").is_file()
    assert (tmp_path / "my desk" / ".git").is_dir()
    assert not (tmp_path / "my desk" / "ui").exists()
    assert "Acme Desk is ready in my desk" in run.stdout
    assert "  cd 'my desk'\n  make dev " in run.stdout
    assert run.stdout.endswith("\n  airworthy new 'my desk' --data ui=none --defaults\n")
    assert "git does not know you" in run.stderr


def test_new_as_json_says_everything_on_stdout(checkout: Checkout, tmp_path: Path) -> None:
    run = checkout.run("new", "desk", "--defaults", "--preset", "startup", "--no-git", "--json", cwd=tmp_path)

    found = result(run)
    chart = manifest.load(checkout.published.folder)
    answers = chart.questionnaire.resolve({"preset": "startup"})
    assert {file["path"] for file in found["files"]} == chart.files_for(answers)
    assert found["bytes"] == sum(file["size"] for file in found["files"])
    assert found["answers"] == answers
    assert found["steps"] == []
    assert found["command"] == "airworthy new desk --preset startup --defaults --no-git"
    assert len(found["digest"]) == 64
    assert not (tmp_path / "desk" / ".git").exists()


# covers R-0101
def test_the_printed_command_makes_the_same_repo(checkout: Checkout, tmp_path: Path) -> None:
    words = ["--defaults", "--no-git", "--json", "--preset", "platform", "--data", "project_name=Bob's Desk"]
    first = result(checkout.run("new", "one", *words, "-d", "deploy=vm", cwd=tmp_path))

    program, verb, _, *again = shlex.split(first["command"])
    second = result(checkout.run(verb, "two", *again, "--json", cwd=tmp_path))

    assert program == "airworthy"
    assert second["digest"] == first["digest"]


def test_new_without_a_terminal_takes_defaults_and_says_so(checkout: Checkout, tmp_path: Path) -> None:
    run = checkout.run("new", "desk", "--no-git", "--data", "ui=none", cwd=tmp_path)

    assert run.returncode == 0
    assert "No terminal to ask in: 17 questions answered by default." in run.stderr


# covers R-0104
def test_dry_run_shows_tree_and_total_and_writes_nothing(checkout: Checkout, tmp_path: Path) -> None:
    run = checkout.run("new", "desk", "--defaults", "--dry-run", cwd=tmp_path)

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("desk/\n├── ")
    assert "  ui=react " in run.stdout
    assert run.stdout.endswith("Nothing was written.\n")
    assert list(tmp_path.iterdir()) == []


def test_dry_run_as_json_tells_which_option_brings_which_file(checkout: Checkout, tmp_path: Path) -> None:
    found = result(checkout.run("new", "desk", "--defaults", "--dry-run", "--json", cwd=tmp_path))

    assert "infra/vm/" in {path[:9] for path in found["brought_by"]["deploy"]}
    assert found["bytes"] > 0
    assert list(tmp_path.iterdir()) == []


# covers R-0104
def test_diff_shows_what_would_change_and_writes_nothing(checkout: Checkout, tmp_path: Path) -> None:
    assert checkout.run("new", "desk", "--defaults", "--no-git", cwd=tmp_path).returncode == 0
    readme = tmp_path / "desk" / "README.md"
    before = readme.read_text(encoding="utf-8") + "mine\n"
    readme.write_text(before, encoding="utf-8")
    (tmp_path / "desk" / "Makefile").unlink()

    run = checkout.run("new", "desk", "--defaults", "--diff", cwd=tmp_path)
    found = result(checkout.run("new", "desk", "--defaults", "--diff", "--json", cwd=tmp_path))

    assert "-mine\n" in run.stdout
    assert run.stdout.splitlines()[-1].startswith("1 to add, 1 to change, ")
    assert (found["added"], found["changed"]) == (["Makefile"], ["README.md"])
    assert readme.read_text(encoding="utf-8") == before


def test_an_interrupted_hook_leaves_nothing(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    git = tmp_path / "bin" / "git"
    # The template is found with git too; only the repo's own `git init` is interrupted.
    script = 'case "$1" in init) kill -INT $PPID; sleep 5;; *) PATH="$REAL" exec git "$@"; esac'
    git.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    git.chmod(0o755)
    real = os.environ["PATH"]

    run = checkout.run("new", "new/desk", "--defaults", cwd=tmp_path, PATH=f"{git.parent}:{real}", REAL=real)

    assert run.returncode == 130, run.stderr
    assert "Cancelled: nothing was written." in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["used", "--defaults"], "used is not empty. Choose another folder, or see how it differs"),
        (["file/desk", "--defaults"], "file is a file, not a folder."),
        (["--defaults"], "There is nobody to ask where the repo goes. Name a folder: `airworthy new DEST`."),
        ([], "There is nobody to ask where the repo goes. Name a folder, or run it in a terminal."),
        (["new", "-d", "project_slug=Acme Desk"], "project_slug: 'Acme Desk' is refused. Use 2 to 40 lower-case"),
        (["new", "-d", "idpp=entra"], "No question is called 'idpp'. Did you mean 'idp'?"),
        (["new", "-d", "idp=entro"], "Did you mean 'entra'? `airworthy options idp` explains them."),
        (["new", "-d", "idp"], "--data idp has no value. Write it as --data name=value."),
        (["new", "--preset", "start"], "preset: 'start' is not one of freelancer, startup, platform."),
        (["new", "--preset", "startup", "-d", "preset=platform"], "--preset and --data preset= disagree."),
        (["new", "--answers-file", "none.yml"], "none.yml cannot be read: no such file or directory."),
        (["new", "--answers-file", "broken.yml"], "broken.yml:2:8: this is not YAML"),
        (["new", "--answers-file", "wrong.yml"], "wrong.yml:2:1: jobs: 'redis' is not one of postgres, kafka."),
        (["new", "--org", "acme.yml", "-d", "idp=auth0"], "idp is locked to 'entra' by acme.yml:2:3: Policy 12."),
        (["new", "--dry-run", "--diff"], "--dry-run and --diff are two different previews."),
    ],
)
def test_new_refuses_with_one_sentence_and_code_2(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "notes.txt").touch()
    (tmp_path / "file").touch()
    (tmp_path / "broken.yml").write_text("ui: none\njobs: b: c\n", encoding="utf-8")
    (tmp_path / "wrong.yml").write_text("ui: none\njobs: redis\n", encoding="utf-8")
    (tmp_path / "acme.yml").write_text("locked:\n  idp: {value: entra, reason: Policy 12.}\n", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))

    assert cli.main(["new", *words]) == 2

    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_new_names_missing_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A checkout cannot even be found without git, what a wheel carries can: so only the check is run here.
    monkeypatch.setenv("PATH", "")
    parser, folder = new.parser("airworthy new"), tmp_path / "desk"

    with pytest.raises(MissingGitError, match=r"Install git, or pass --no-git\."):
        new._check(parser.parse_args([str(folder), "--defaults"]), folder)

    new._check(parser.parse_args([str(folder), "--defaults", "--no-git"]), folder)
