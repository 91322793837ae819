"""A folder against what would be written there."""

from __future__ import annotations

from pathlib import Path

import pytest

from airworthy import difference


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "same.txt").write_bytes(b"same\n")
    (tmp_path / "changed.txt").write_bytes(b"one\ntwo\n")
    (tmp_path / "mine.txt").write_bytes(b"mine\n")
    (tmp_path / "picture.png").write_bytes(b"\x00old")
    return tmp_path


CONTENTS = {"same.txt": b"same\n", "changed.txt": b"one\nthree", "new.txt": b"new\n", "picture.png": b"\x00new"}


# covers R-0104
def test_compare_sorts_paths_by_what_would_happen(folder: Path) -> None:
    found = difference.compare(folder, CONTENTS)

    assert found.added == ("new.txt",)
    assert found.changed == ("changed.txt", "picture.png")
    assert found.equal == ("same.txt",)


def test_compare_writes_a_unified_diff(folder: Path) -> None:
    assert difference.compare(folder, CONTENTS).diff == (
        "--- a/changed.txt\n+++ b/changed.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n\\ No newline at end of file\n"
        "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n"
        "Binary files a/picture.png and b/picture.png differ\n"
    )


def test_compare_takes_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert difference.compare(tmp_path / "none", {"a": b"a\n"}).added == ("a",)


def test_show_ends_with_a_summary(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    difference.show(difference.compare(folder, CONTENTS))

    assert capsys.readouterr().out.endswith("1 to add, 2 to change, 1 the same; nothing was written.\n")
