from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from airworthy import source
from airworthy.errors import MissingGitError, UnreadableTemplateError

URL = "https://example.org/forks/airworthy.git"
PACKAGE = Path("generator/airworthy")


def build_file_tree(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    command = ["git", *identity, "-C", str(root), *arguments]
    settings = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(command, env=settings, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a template that nobody put into git."""
    files = {
        "pyproject.toml": f'[project]\nname = "airworthy"\nurls.Source = "{URL}"\n',
        "copier.yml": "_subdirectory: template\n",
        ".gitignore": "node_modules/\n",
        "template/README.md": "Hello\n",
    }
    build_file_tree(tmp_path, files)
    return tmp_path


@pytest.fixture
def checkout(copy: Path) -> Path:
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "First")
    git(copy, "tag", "v1.2.0")
    return copy


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_locate_takes_the_checkout_it_runs_in(checkout: Path) -> None:
    found = source.locate(checkout / PACKAGE)

    assert (found.src, found.ref, found.describe) == (URL, "v1.2.0", "v1.2.0")
    assert found.commit == git(checkout, "rev-parse", "HEAD")
    assert not found.is_modified


def test_locate_names_a_commit_between_releases(checkout: Path) -> None:
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "Second")

    assert str(source.locate(checkout / PACKAGE).ref).startswith("v1.2.0-1-g")


def test_locate_says_so_when_changes_are_not_committed(checkout: Path) -> None:
    build_file_tree(checkout, {"template/new.md": "New\n", "template/ui/node_modules/x.js": "", "notes.txt": ""})
    (checkout / "template/README.md").unlink()

    found = source.locate(checkout / PACKAGE)

    assert found.is_modified
    assert found.describe == "v1.2.0 with uncommitted changes"
    assert files_in(source.tree(found, checkout / "scratch")) == {"copier.yml", "template/new.md"}


def test_nothing_is_copied_from_a_checkout_that_holds_the_template_and_nothing_else(
    checkout: Path, tmp_path: Path
) -> None:
    found = source.locate(checkout / PACKAGE)
    assert source.tree(found, tmp_path / "scratch") == found.folder
    assert not (tmp_path / "scratch").exists()


def test_locate_takes_a_copy_without_git_for_what_it_is(copy: Path) -> None:
    found = source.locate(copy / PACKAGE)

    assert (found.src, found.ref, found.commit) == (URL, None, None)
    assert found.folder == copy


def test_locate_believes_the_note_of_a_source_archive(copy: Path) -> None:
    note = {"url": URL, "describe": "v1.2.0", "commit": "c0ffee"}
    build_file_tree(copy, {f"{PACKAGE}/template.json": json.dumps(note)})

    found = source.locate(copy / PACKAGE)

    assert (found.src, found.ref, found.commit, found.folder) == (URL, "v1.2.0", "c0ffee", copy)


def test_locate_takes_what_a_wheel_carries(tmp_path: Path) -> None:
    note = {"url": URL, "describe": "v1.2.0", "commit": "c0ffee"}
    package = tmp_path / "site-packages" / "airworthy"
    build_file_tree(package, {"template.json": json.dumps(note), "template/copier.yml": "", "template/template/a": ""})

    found = source.locate(package)

    assert (found.src, found.ref, found.folder) == (URL, "v1.2.0", package / "template")
    assert files_in(source.tree(found, tmp_path / "scratch")) == {"copier.yml", "template/a"}


def test_locate_refuses_a_wheel_with_a_broken_note(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "airworthy"
    build_file_tree(package, {"template.json": "{", "template/copier.yml": ""})

    with pytest.raises(UnreadableTemplateError, match=r"template\.json cannot be read"):
        source.locate(package)


def test_locate_refuses_an_installation_without_template(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTemplateError, match="template is missing"):
        source.locate(tmp_path / "a" / "b")


def test_locate_passes_on_what_git_says(copy: Path) -> None:
    (copy / ".git").write_text("not a repository", encoding="utf-8")

    with pytest.raises(UnreadableTemplateError, match="git cannot read the template"):
        source.locate(copy / PACKAGE)


def test_locate_asks_for_git_in_a_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(MissingGitError):
        source.locate(checkout / PACKAGE)
