"""What happens after the writing: each step says what it did, and none spoils the repo."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from airworthy import hooks
from airworthy.hooks import Step, checks, commit, repository


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine, and no git identity."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "README.md").write_text("# Desk\n", encoding="utf-8")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def introduce(tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("[user]\n  name = Ada\n  email = ada@example.com\n", encoding="utf-8")


def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, script: str) -> None:
    """Put a program of ours first on the path."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


def test_run_makes_a_repository_and_commits(folder: Path, tmp_path: Path) -> None:
    introduce(tmp_path)

    steps = list(hooks.run(folder))

    assert [(step.name, step.status) for step in steps[:2]] == [("git", "done"), ("first commit", "done")]
    assert git(folder, "log", "--format=%an %s %D") == "Ada Start from Airworthy HEAD -> main"
    assert git(folder, "status", "--porcelain") == ""


def test_commit_is_skipped_with_advice_when_git_does_not_know_who(folder: Path) -> None:
    steps = list(hooks.run(folder))

    assert steps[0].status == "done"
    assert steps[1].status == "skipped"
    assert "user.name" in steps[1].message
    assert "git add --all && git commit" in steps[1].message
    assert git(folder, "status", "--porcelain") == "?? README.md"


def test_repository_is_not_made_inside_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_CEILING_DIRECTORIES")
    git(folder, "init", "--quiet")
    (folder / "inner").mkdir()

    steps = list(hooks.run(folder / "inner"))

    assert [step.status for step in steps] == ["skipped"]
    assert f"inside the repository {folder}" in steps[0].message
    assert not (folder / "inner" / ".git").exists()


def test_a_repo_that_called_us_is_left_alone(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    introduce(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))

    list(hooks.run(folder))

    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert git(folder, "log", "--format=%s") == "Start from Airworthy"
    assert git(other, "status", "--porcelain", "--branch").startswith("## No commits yet")


def test_a_commit_that_fails_says_why(folder: Path, tmp_path: Path) -> None:
    introduce(tmp_path)
    repository.run(folder)
    (folder / ".git" / "index.lock").touch()

    step = commit.run(folder)

    assert step.status == "failed"
    assert "nothing was committed" in step.message
    assert (folder / "README.md").is_file()


def test_no_git_fails_without_harm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    steps = list(hooks.run(folder))

    assert [step.status for step in steps] == ["failed"]
    assert (folder / "README.md").is_file()


def test_checks_are_installed_where_pre_commit_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    program(monkeypatch, tmp_path, "pre-commit", 'echo "$@" > called')

    assert checks.run(folder).status == "done"
    assert (folder / "called").read_text(encoding="utf-8") == "install\n"


def test_checks_that_cannot_be_installed_say_why(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    program(monkeypatch, tmp_path, "pre-commit", "echo 'no such hook type.' >&2; exit 3")

    step = checks.run(folder)

    assert step.status == "failed"
    assert step.message == "the checks are not installed: no such hook type. Run `pre-commit install`."


def test_checks_are_skipped_without_pre_commit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.run(folder) == Step("pre-commit", "skipped", "the repo configures no checks.")

    (folder / ".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    monkeypatch.setenv("PATH", "")
    step = checks.run(folder)

    assert step.status == "skipped"
    assert "uv tool install pre-commit" in step.message
