"""Figures and dates are compared by what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.languages import language
from evals.quantities import Date, Quantity, find_dates, find_quantities

# covers R-0301


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("en", "within 30 days", ["30 day"]),
        ("en", "a 30-day period", ["30 day"]),
        ("en", "1,650 kronor and 89 euros", ["1650 krona", "89 euro"]),
        ("en", "€89 or EUR 89.50", ["89 euro", "89.5 euro"]),
        ("en", "from 49 to 37 percent", ["49", "37 percent"]),
        ("en", "at 7:45, at 13:15", ["07:45", "13:15"]),
        ("en", "4.8 of 5", ["4.8", "5"]),
        ("de", "2.499,00 Euro in 14 Tagen", ["2499 euro", "14 day"]),
        (
            "fr",
            "15,96 euros, 48\u202f200 euros, 7 pour cent",
            ["15.96 euro", "48200 euro", "7 percent"],
        ),
        ("pt", "1.350 unidades e 6,0 por cento", ["1350 pieces", "6 percent"]),
        ("tr", "7 gün", ["7 day"]),
        ("pl", "7,5 minuty", ["7.5 minute"]),
        ("en", "see [1] and [12]", []),
        ("en", "on 1 March 2026", []),
    ],
)
def test_find_quantities_reads_notations(lang: str, text: str, found: list[str]) -> None:
    assert [str(quantity) for quantity in find_quantities(text, language(lang))] == found


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("en", "on 1 March 2026", Date(2026, 3, 1)),
        ("en", "on March 1, 2026", Date(2026, 3, 1)),
        ("en", "on 2026-03-01", Date(2026, 3, 1)),
        ("en", "on the 3rd of May", Date(None, 5, 3)),
        ("de", "am 27. April", Date(None, 4, 27)),
        ("fr", "le 1er mai", Date(None, 5, 1)),
        ("pt", "em 31 de dezembro de 2027", Date(2027, 12, 31)),
        ("pl", "14 listopada 2025 r.", Date(2025, 11, 14)),
        ("tr", "29 Ekim", Date(None, 10, 29)),
    ],
)
def test_find_dates_reads_notations(lang: str, text: str, found: Date) -> None:
    assert find_dates(text, language(lang)) == [found]


def test_quantity_agrees_only_with_the_same_value_and_unit() -> None:
    assert Quantity("30", "day").agrees(Quantity("30"))
    assert not Quantity("30", "day").agrees(Quantity("30", "week"))
    assert not Quantity("30", "day").agrees(Quantity("90", "day"))


def test_date_agrees_across_a_missing_year_only() -> None:
    assert Date(None, 3, 1).agrees(Date(2026, 3, 1))
    assert not Date(2025, 3, 1).agrees(Date(2026, 3, 1))


@given(st.integers(min_value=0, max_value=10**9))
def test_find_quantities_ignores_how_thousands_are_grouped(number: int) -> None:
    english = find_quantities(f"{number:,}", language("en"))
    german = find_quantities(f"{number:,}".replace(",", "."), language("de"))
    assert english == german == [Quantity(str(number))]


@given(st.text())
def test_find_never_fails(text: str) -> None:
    for tag in ("en", "de", "unknown"):
        find_quantities(text, language(tag))
        find_dates(text, language(tag))
