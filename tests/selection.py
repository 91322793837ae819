"""The renders that stand for all: every preset, and one for each choice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
OPTIONS = ("domain", "idp", "jobs", "vectors", "cache", "inference", "deploy", "ci", "billing", "ui")
PRESETS = ("freelancer", "startup", "platform")


@dataclass(frozen=True)
class Selection:
    """A name for reports, and the answers that differ from the defaults."""

    name: str
    answers: Mapping[str, str] = field(hash=False)


def choices() -> dict[str, tuple[str, ...]]:
    """Return each option's choices in the order of copier.yml, the default of the first preset first."""
    questions: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
    return {option: tuple(questions[option]["choices"].values()) for option in OPTIONS}


def selections() -> list[Selection]:
    """Return the presets, then one render per choice that differs from the first preset."""
    return [Selection(preset, {"preset": preset}) for preset in PRESETS] + list(_single_choices())


def _single_choices() -> Iterator[Selection]:
    for option, values in choices().items():
        for value in values[1:]:
            yield Selection(f"{option}-{value}", {option: value})
