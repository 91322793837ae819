"""No person and no secret survives; what only looks like one stays."""

# covers R-0305 R-0310 R-0608

import json
import string
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from model_proxy import redaction
from model_proxy.redaction import Redactor
from model_proxy.redaction.names import STARTERS
from model_proxy.redaction.numbers import IBAN_LENGTHS, has_iban_check, has_luhn

LETTERS = string.ascii_letters + string.digits
PLAIN = st.text("abcdefg äß.,;!?\n", max_size=30)


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=least, max_size=most)


def with_luhn(start: str) -> str:
    return next(start + digit for digit in string.digits if has_luhn(start + digit))


def with_check(country: str, account: str) -> str:
    value = int("".join(str(int(c, 36)) for c in f"{account}{country}00"))
    return f"{country}{98 - value % 97:02}{account}"


def grouped(number: str, separator: str, size: int) -> str:
    return separator.join(number[at : at + size] for at in range(0, len(number), size))


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from(sorted(IBAN_LENGTHS.items())))
    account = draw(st.text(string.digits, min_size=length - 4, max_size=length - 4))
    number = with_check(country, account)
    written = grouped(number, draw(st.sampled_from(["", " ", "-"])), 4)
    return draw(st.sampled_from([written, written.lower()]))


WORDS = st.text("abdeghijklmnoprstuvyzéüœñç", min_size=3, max_size=10)
PARTS = WORDS.filter(lambda word: word not in STARTERS | {"bearer", "basic"})
NAMES = st.builds(lambda a, b: f"{a.capitalize()} {b.capitalize()}", PARTS, PARTS)
PERSONAL = {
    "EMAIL": st.emails(domains=st.just("example.com")),
    "IBAN": ibans(),
    "CARD": st.builds(
        lambda number, separator: grouped(with_luhn(number), separator, 4),
        digits(14, 17).filter(lambda n: n[0] != "0"),
        st.sampled_from(["", " ", "-"]),
    ),
    "PHONE": st.builds(
        lambda prefix, number, separator: prefix + grouped(number, separator, 3),
        st.sampled_from(["+49 ", "+1-", "+", "0", "(0", "tel. "]),
        digits(9, 10).filter(lambda n: n[0] != "0"),
        st.sampled_from(["", " ", "-"]),
    ),
    "NAME": NAMES,
    "KEY": st.one_of(
        st.text(LETTERS, min_size=24, max_size=60).map("sk-".__add__),
        st.text(LETTERS, min_size=16, max_size=40).map("Bearer ".__add__),
        st.text(LETTERS, min_size=8, max_size=40).map("password: ".__add__),
        st.text(LETTERS, min_size=40, max_size=60).filter(
            lambda t: any(c.isdigit() for c in t) and any(c.isalpha() for c in t)
        ),
    ),
}


@pytest.mark.parametrize("kind", PERSONAL)
@given(st.data(), PLAIN, PLAIN)
def test_nothing_personal_survives(kind: str, data: st.DataObject, before: str, after: str) -> None:
    secret = data.draw(PERSONAL[kind])
    text = Redactor().text(f"{before} {secret} {after}")
    core = secret.rpartition(" ")[2] if kind == "KEY" else secret
    assert core not in text
    assert "_1]" in text
    assert text == Redactor().text(text)


@given(PERSONAL["EMAIL"], NAMES)
def test_the_same_thing_gets_the_same_mark_and_the_next_exchange_another_start(
    email: str, name: str
) -> None:
    redactor = Redactor()
    assert redactor.text(f"write to {email} or {email}") == "write to [EMAIL_1] or [EMAIL_1]"
    assert redactor.text(f"or to a{email}").startswith("or to [EMAIL_2]")
    assert Redactor().text(f"Dear {name}, write to {email}") == "Dear [NAME_1], write to [EMAIL_1]"


# The negative control: shapes without the check digit, and what everybody may read.
@given(digits(15, 15), st.integers(1, 9))
def test_card_without_its_check_digit_stays(start: str, off: int) -> None:
    assume(start[0] != "0")
    right = with_luhn(start)
    wrong = right[:-1] + str((int(right[-1]) + off) % 10)
    assert Redactor().text(f"order {wrong}.") == f"order {wrong}."


@given(digits(18, 18), st.integers(1, 96))
def test_account_without_its_check_digits_stays(account: str, off: int) -> None:
    right = with_check("DE", account)
    wrong = f"DE{(int(right[2:4]) + off) % 97:02}{account}"
    assume(not has_iban_check(wrong))
    assert "[IBAN" not in Redactor().text(f"reference {wrong}.")


@pytest.mark.parametrize(
    "text",
    [
        "A bike goes back within 30 days [1]. Collection costs 89.50 euros.",
        "On 2026-01-31 at 12:00, or on 01.02.2026, 1,000,000 people came.",
        "The order 4711-0815 of 12 boxes, version 1.2.3, commit f46d717.",
        "The id is 00000000-0000-4000-8000-000000000000.",
        "Which documents say so? Tea is hot. Milk is cold.",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert Redactor().text(text) == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Dear Ms Huber,", "Dear [NAME_1],"),
        ("my name is Zoë", "my name is [NAME_1]"),
        ("Kind regards,\n  Jean-Luc", "Kind regards,\n  [NAME_1]"),
        ("Frau Müller-Lüdenscheidt ruft an", "Frau [NAME_1] ruft an"),
        ("Ask Vincent van Gogh or J. Smith.", "Ask [NAME_1] or [NAME_2]."),
        ("https://me:hunter2@example.com/", "https://[KEY_1]@example.com/"),
        ("from 192.0.2.7", "from [ADDRESS_1]"),
        ("m\u200bax@exam\u200bple.com", "[EMAIL_1]"),
        ("\uff4dax\uff20example.com", "[EMAIL_1]"),
    ],
)
def test_redactor_knows_the_shape(text: str, redacted: str) -> None:
    assert Redactor().text(text) == redacted


def test_private_key_goes_whole_even_when_it_was_cut() -> None:
    begin, end = (f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END"))
    assert Redactor().text(f"a {begin}\nabc\n{end} b") == "a [KEY_1] b"
    assert Redactor().text(f"a {begin}\nabc") == "a [KEY_1]"


def test_part_of_a_name_is_found_once_the_whole_was_seen() -> None:
    redactor, turns = Redactor(), ["Huber called.", "Her name is Maria Huber."]
    redactor.learn(turns)
    assert redactor.value(turns) == ["[NAME_1] called.", "Her name is [NAME_1]."]


def test_value_redacts_every_text_and_number_of_a_tree() -> None:
    card = int(with_luhn("411111111111111"))
    value: Any = {"a": [card, True, None, 1.5, {"b": "max@example.com"}]}
    assert Redactor().value(value) == {"a": ["[CARD_1]", True, None, 1.5, {"b": "[EMAIL_1]"}]}


def test_arguments_lose_personal_fields_whatever_they_hold() -> None:
    arguments = json.dumps({"first_name": "max", "city": "Oslo", "rows": [{"phone": 12}]})
    redacted = json.loads(Redactor().arguments(arguments))
    assert redacted == {"first_name": "[FIELD_1]", "city": "Oslo", "rows": [{"phone": "[FIELD_2]"}]}
    assert Redactor().arguments("{broken max@example.com") == "{broken [EMAIL_1]"


@given(st.text(max_size=300))
@example("a" * 300 + "@")
def test_redactor_takes_any_text(text: str) -> None:
    assert isinstance(Redactor().text(text), str)


def test_property_fails_when_a_rule_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "find_ibans", lambda _text: iter(()))
    with pytest.raises(AssertionError):
        test_nothing_personal_survives("IBAN")
