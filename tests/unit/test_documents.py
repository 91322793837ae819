"""YAML that people write, with the place of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from airworthy import documents
from airworthy.errors import DocumentError


def read(tmp_path: Path, text: str | bytes) -> documents.Block:
    path = tmp_path / "a.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return documents.read(path)


def test_read_gives_texts_and_places(tmp_path: Path) -> None:
    block = read(tmp_path, "# first\nname: Blue Desk\ncount: 12\nversion: '1.10'\n")

    assert {name: block.text(name) for name in block.names()} == {
        "name": "Blue Desk",
        "count": "12",
        "version": "1.10",
    }
    assert block.place("count") == f"{tmp_path / 'a.yml'}:3:1"
    assert block.place("count", of_value=True) == f"{tmp_path / 'a.yml'}:3:8"


def test_read_takes_an_empty_file(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n").names() == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [b\n", r"a\.yml:2:1: this is not YAML: "),
        ("a: b: c\n", r"a\.yml:1:5: this is not YAML: "),
        ("a: 1\na: 2\n", r'a\.yml:2:1: this is not YAML: found duplicate key "a"'),
        ("a: 1\n\tb: 2\n", r"a\.yml:2:1: this is not YAML: "),
        ("- a\n", r"a\.yml:1:1: expected one `name: value` on each line"),
        ("just text\n", r"a\.yml:1:1: expected one `name: value` on each line"),
        (b"a: \xff\n", r"a\.yml is not UTF-8 text"),
        ("a: !!python/object:os.system x\n", r"a must be text"),
    ],
)
def test_read_says_where_it_fails(tmp_path: Path, text: str | bytes, problem: str) -> None:
    with pytest.raises(DocumentError, match=problem):
        read(tmp_path, text).text("a")


@pytest.mark.parametrize("value", ["true", "null", "[a, b]", "{a: b}", "2020-01-01", ""])
def test_text_refuses_what_is_no_text(tmp_path: Path, value: str) -> None:
    with pytest.raises(DocumentError, match=r"a\.yml:\d:\d+: licence must be text"):
        read(tmp_path, f"licence: {value}\n").text("licence")


def test_read_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read: no such file or directory"):
        documents.read(tmp_path / "none.yml")


def test_block_refuses_what_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"a\.yml:2:1: locked must hold one"):
        read(tmp_path, "defaults:\nlocked: idp\n").block("locked")


def test_write_keeps_comments_order_and_quotes(tmp_path: Path) -> None:
    text = "# why\nb: 'x'  # because\n\na:\n  - 1\n"
    block = read(tmp_path, text)

    documents.write(block)

    assert (tmp_path / "a.yml").read_text(encoding="utf-8") == text
