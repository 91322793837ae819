"""Where a repo may go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from airworthy import destination
from airworthy.errors import DestinationError, DestinationNotEmptyError, ReadOnlyFolderError

NOBODY = 65534


@pytest.mark.parametrize("name", ["new", "new/deeper", "empty"])
def test_check_takes_a_free_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    destination.check(tmp_path / name)

    assert destination.complaint(str(tmp_path / name)) == ""


def test_check_offers_the_difference_to_a_folder_in_use(tmp_path: Path) -> None:
    folder = tmp_path / "my desk"
    folder.mkdir()
    (folder / "notes.txt").touch()

    with pytest.raises(DestinationNotEmptyError, match=rf"is not empty\. .*airworthy new '{folder}' --diff"):
        destination.check(folder)


@pytest.mark.parametrize("name", ["file", "file/desk"])
def test_check_refuses_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DestinationError, match="file is a file, not a folder"):
        destination.check(tmp_path / name)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Be somebody without rights: root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    yield
    os.setresuid(0, 0, 0)


@pytest.mark.usefixtures("nobody")
def test_check_refuses_a_read_only_folder() -> None:
    with pytest.raises(ReadOnlyFolderError, match=r"^/usr cannot be written to") as caught:
        destination.check(Path("/usr/desk"))

    assert caught.value.next_step == "Choose a folder that you may write to."


def test_complaint_asks_for_a_name() -> None:
    assert destination.complaint("  ") == "Name a folder."


def test_parse_understands_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")

    assert destination.parse(" ~/desk ") == Path("/somewhere/desk")


def test_beside_is_here_outside_a_repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert destination.beside() == "."


def test_beside_is_next_to_the_repo_around_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "repo")
    assert destination.beside() == ".."
    monkeypatch.chdir(tmp_path / "repo" / "docs")
    assert destination.beside() == "../.."
