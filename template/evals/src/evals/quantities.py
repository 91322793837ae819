"""Figures and dates in running text, made comparable across notations and languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from evals.languages import Language, units

_NUMBER = r"\d+(?:[.,:\u00a0\u202f]\d+)*"
_FIGURE = re.compile(
    rf"(?:(?P<before>[€£$]|\b(?:EUR|GBP|USD|SEK))\s?)?(?P<number>{_NUMBER})"
    r"(?=[\s\u00a0-]?(?P<first>%|€|£|[^\W\d]+)?(?:\s(?P<second>[^\W\d]+))?)"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
_CITATION = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Quantity:
    """A figure: ``value`` is a plain number or a clock time, ``unit`` is empty when unknown."""

    value: str
    unit: str = ""

    def agrees(self, other: "Quantity") -> bool:
        """Say whether both can be the same figure; an unknown unit agrees with any."""
        return self.value == other.value and (
            not self.unit or not other.unit or self.unit == other.unit
        )

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True)
class Date:
    """A day; ``year`` is None where the text names none."""

    year: int | None
    month: int
    day: int

    def agrees(self, other: "Date") -> bool:
        """Say whether both can be the same day."""
        same_year = None in (self.year, other.year) or self.year == other.year
        return same_year and (self.month, self.day) == (other.month, other.day)

    def __str__(self) -> str:
        return f"{self.year or '*'}-{self.month:02}-{self.day:02}"


def find_quantities(text: str, spoken: Language) -> list[Quantity]:
    """Return the figures of a text that are neither dates nor citation marks such as ``[1]``."""
    text = _without_dates(_CITATION.sub(" ", text), spoken)
    return [_quantity(match, spoken) for match in _FIGURE.finditer(text)]


def find_dates(text: str, spoken: Language) -> list[Date]:
    """Return the days that a text names: ``2026-03-01``, ``1 March 2026``, ``March 1, 2026``."""
    return [_date(match, spoken) for match in _date_matches(text, spoken)]


def _quantity(match: re.Match[str], spoken: Language) -> Quantity:
    first, second = (match["first"] or "").lower(), (match["second"] or "").lower()
    before = (match["before"] or "").lower()
    found = (units().get(form) for form in (before, f"{first} {second}", first))
    return Quantity(_canonical(match["number"], spoken), next(filter(None, found), ""))


def _canonical(number: str, spoken: Language) -> str:
    if _CLOCK.fullmatch(number):
        return number.zfill(5)
    group = "," if spoken.decimal == "." else "."
    plain = re.sub(r"[\u00a0\u202f]", "", number)
    # A separator before exactly three digits groups thousands; any other is the language's.
    if re.fullmatch(
        rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(spoken.decimal)}\d+)?", plain
    ):
        plain = plain.replace(group, "")
    plain = plain.replace(spoken.decimal, ".", 1)
    return f"{Decimal(plain).normalize():f}" if re.fullmatch(r"\d+(\.\d+)?", plain) else plain


def _date_matches(text: str, spoken: Language) -> Iterator[re.Match[str]]:
    yield from _ISO_DATE.finditer(text)
    yield from _written_date(spoken).finditer(text)


def _written_date(spoken: Language) -> re.Pattern[str]:
    name = "|".join(map(re.escape, spoken.months))
    return re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?\s(?:of\s|de\s)?(?P<month>{name})\b"
        r"(?:,?\s(?:de\s)?(?P<year>\d{4}))?"
        rf"|\b(?P<month2>{name})\s(?P<day2>\d{{1,2}})\b(?:,\s(?P<year2>\d{{4}}))?",
        re.IGNORECASE,
    )


def _date(match: re.Match[str], spoken: Language) -> Date:
    found = match.groupdict()
    year, month, day = (found.get(key) or found.get(f"{key}2") for key in ("year", "month", "day"))
    number = (
        int(month or 0)
        if (month or "").isdigit()
        else spoken.months.index((month or "").lower()) + 1
    )
    return Date(int(year) if year else None, number, int(day or 0))


def _without_dates(text: str, spoken: Language) -> str:
    for pattern in (_ISO_DATE, _written_date(spoken)):
        text = pattern.sub(" ", text)
    return text
