"""Files as people have them."""

import json

import pytest

from runtime.product import root
from workers.documents.reading import READERS, UnreadableError, read_text


def test_readers_are_what_the_contract_tells_uploaders() -> None:
    contract = json.loads((root() / "contracts/events/ingest_document.json").read_text())
    assert sorted(READERS) == contract["x-content-types"]


@pytest.mark.parametrize(
    "content",
    [
        "Größe 5 €".encode(),
        "Größe 5 €".encode("utf-8-sig"),
        "Größe 5 €".encode("utf-16"),
        "Größe 5 €".encode("cp1252"),
    ],
)
def test_read_text_finds_the_encoding(content: bytes) -> None:
    assert read_text("text/plain; charset=whatever", content) == "Größe 5 €"


def test_read_text_has_one_kind_of_line_end() -> None:
    assert read_text("text/plain", b"a\r\nb\rc\n") == "a\nb\nc"


def test_read_text_of_html_is_what_a_reader_sees() -> None:
    page = b"""<html><head><title>no</title><style>p {}</style></head><body><h1>Fees</h1>
    <p>It costs <b>89</b> euros&nbsp;&amp; a <br>smile.</p><script>alert(1)</script>
    <ul><li>One</li><li>Two</li></ul><table><tr><td>a</td><td>b</td></tr></table></body></html>"""
    assert read_text("text/html", page) == (
        "# Fees\n\nIt costs 89 euros & a\n\nsmile.\n\nOne\n\nTwo\n\na b"
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_read_text_of_csv_names_each_value(delimiter: str) -> None:
    table = f"name{delimiter}price\nTea{delimiter}2\n{delimiter}\nMilk{delimiter}\n"
    assert read_text("text/csv", table.encode()) == "name: Tea; price: 2.\n\nname: Milk."


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("image/png", b"x"),
        ("text/plain", b" \n "),
        ("text/html", b"<script>x</script>"),
        ("text/csv", b"only,names\n"),
        ("text/csv", b'a,b\n"open,1\n'),
        ("text/plain", bytes(range(32)) * 4),
    ],
)
def test_read_text_refuses_what_has_no_text(content_type: str, content: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_text(content_type, content)
