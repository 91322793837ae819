"""Numbers that belong to people: cards (ISO/IEC 7812), bank accounts (ISO 13616), telephones.

Cards and accounts carry check digits, so an order number of the same length stays.
"""

import re
from collections.abc import Iterator
from itertools import accumulate

Span = tuple[int, int]

_RUN = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,40}(?!\w)")
_GROUP = re.compile(r"\d+")
_CARD_DIGITS = range(13, 20)
_IBAN_START = re.compile(r"(?i)(?<![A-Z0-9])[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])")
_IBAN_SEPARATORS = " -"
# SWIFT, IBAN registry: the length for each country.
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_DATE = r"(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?![\d./-]))"
_PHONES = (
    # With the country's code, with a leading zero, as North America writes it, or after a label.
    re.compile(r"(?<![\w+])\+\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)"),
    re.compile(rf"(?<![\w.,-]){_DATE}\(?0\d(?:[ ()./-]{{0,2}}\d){{5,13}}(?![.,]\d)(?![-\w])"),
    re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])"),
    re.compile(
        r"(?i)\b(?:tel(?:efon|ephone|éfono)?|phone|mobile|cell|fax|handy|call|whatsapp)\b"
        r"[ .:#\w]{0,20}?[ .:#]\(?(\d(?:[ ()./-]{0,2}\d){5,14})(?!\d)"
    ),
)


def find_cards(text: str) -> Iterator[Span]:
    """Yield where card numbers are: 13 to 19 digits in whole groups, with Luhn's check digit."""
    for run in _RUN.finditer(text):
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run[0])]
        yield from _cards(text, groups)


def _cards(text: str, groups: list[Span]) -> Iterator[Span]:
    first = 0
    while first < len(groups):
        lengths = accumulate(end - start for start, end in groups[first:])
        fitting = [
            last
            for last, length in enumerate(lengths, start=first)
            if length in _CARD_DIGITS and has_luhn(text[groups[first][0] : groups[last][1]])
        ]
        if fitting:
            yield groups[first][0], groups[fitting[-1]][1]
        first = fitting[-1] + 1 if fitting else first + 1


def find_ibans(text: str) -> Iterator[Span]:
    """Yield where account numbers are: their country's length and the right check digits."""
    for match in _IBAN_START.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        end = _end(text, match.start(), length)
        if length and end is not None and has_iban_check(text[match.start() : end]):
            yield match.start(), end


def find_phones(text: str) -> Iterator[Span]:
    """Yield where telephone numbers are."""
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            yield match.span(match.lastindex or 0)


def has_luhn(number: str) -> bool:
    """Say whether the digits end with Luhn's check digit (ISO/IEC 7812-1 annex B)."""
    digits = [int(digit) for digit in number if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return any(digits) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def has_iban_check(number: str) -> bool:
    """Say whether the check digits are right (ISO 7064 MOD 97-10)."""
    compact = "".join(c for c in number.upper() if c.isalnum())
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _end(text: str, start: int, length: int) -> int | None:
    """Return where ``length`` letters and digits end, single separators between them allowed."""
    place, left = start, length
    while left and place < len(text):
        character = text[place]
        if character.isascii() and character.isalnum():
            left -= 1
        elif character not in _IBAN_SEPARATORS or text[place - 1] in _IBAN_SEPARATORS:
            return None
        place += 1
    is_whole = not left and not (place < len(text) and text[place].isalnum())
    return place if is_whole else None
