"""What the guards know of languages: decimal signs, negations, months, units, refusals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True)
class Language:
    """One language, by its BCP 47 tag.

    Attributes:
        decimal: the sign between units and tenths.
        negations: words, or patterns with ``*``, that turn a statement round.
        months: names in calendar order, lower case.
    """

    tag: str
    decimal: str
    negations: re.Pattern[str]
    months: tuple[str, ...]


def language(tag: str) -> Language:
    """Return the language of a tag such as ``de-AT``; English where it isn't known."""
    return _languages().get(_primary(tag)) or _languages()["en"]


def is_known(tag: str) -> bool:
    """Say whether the guards know the language."""
    return _primary(tag) in _languages()


@cache
def units() -> Mapping[str, str]:
    """Return word form → unit, for example ``Tagen`` → ``day`` (keys are lower case)."""
    table: dict[str, list[str]] = _data()["units"]
    return {form: unit for unit, forms in table.items() for form in forms}


@cache
def refusals() -> re.Pattern[str]:
    """Return the pattern of sentences that say the documents don't hold the answer."""
    return re.compile("|".join(f"(?:{line})" for line in _data()["refusals"]), re.IGNORECASE)


@cache
def _languages() -> Mapping[str, Language]:
    return {
        tag: Language(tag, entry["decimal"], _words(entry["negations"]), tuple(entry["months"]))
        for tag, entry in _data()["languages"].items()
    }


def _words(words: list[str]) -> re.Pattern[str]:
    patterns = (re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


@cache
def _data() -> dict[str, Any]:
    text = files("evals").joinpath("languages.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data
