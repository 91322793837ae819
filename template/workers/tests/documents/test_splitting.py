"""Passages hold everything, stay small, and stay put when something else is edited."""

from hypothesis import given
from hypothesis import strategies as st

from workers.documents.splitting import split_text

TEXTS = st.lists(st.text(alphabet="ab #.!?\n", max_size=120), max_size=30).map("\n\n".join)


def test_split_text_keeps_a_short_text_whole() -> None:
    assert split_text("# Tea\n\nTea is hot.\n\nMilk is cold.") == [
        "# Tea\n\nTea is hot.\n\nMilk is cold."
    ]


def test_split_text_begins_a_passage_at_each_heading() -> None:
    assert split_text("# A\n\nOne.\n\n## B\n\nTwo.") == ["# A\n\nOne.", "## B\n\nTwo."]


def test_split_text_keeps_headings_without_text_with_what_follows() -> None:
    assert split_text("# A\n\n## B\n\nTwo.") == ["# A\n\n## B\n\nTwo."]


def test_split_text_repeats_the_last_sentence() -> None:
    text = "First one. Second one.\n\nThird one. Fourth one."
    assert split_text(text, target=30, overlap=20) == [
        "First one. Second one.",
        "Second one. Third one. Fourth one.",
    ]


def test_split_text_cuts_a_long_paragraph_between_sentences() -> None:
    assert split_text("Aa bb. Cc dd. Ee ff.", target=14, overlap=0) == ["Aa bb. Cc dd.", "Ee ff."]


def test_split_text_cuts_a_word_that_is_too_long() -> None:
    assert split_text("x" * 25, target=10, overlap=0) == ["x" * 10, "x" * 10, "x" * 5]


def test_split_text_an_edit_leaves_other_sections_alone() -> None:
    sections = [f"# S{n}\n\n" + f"Sentence {n}. " * 100 for n in range(3)]
    before = split_text("\n\n".join(sections))
    after = split_text("\n\n".join([sections[0], "# S1\n\nShort.", sections[2]]))
    assert set(before) - set(after) == {p for p in before if "Sentence 1." in p}


# covers R-0306
@given(TEXTS)
def test_split_text_loses_no_letter_and_exceeds_no_limit(text: str) -> None:
    target, overlap = 60, 20
    with_overlap = split_text(text, target=target, overlap=overlap)
    plain = split_text(text, target=target, overlap=0)
    assert "".join("".join(plain).split()) == "".join(text.split())
    assert len(plain) == len(with_overlap)
    assert all(len(passage) <= target for passage in plain)
    assert all(len(passage) <= target + overlap + 1 for passage in with_overlap)
    assert all(long.endswith(short) for long, short in zip(with_overlap, plain, strict=True))
