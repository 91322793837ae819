"""Where answers come from before anybody is asked, and which of them wins.

From the weakest: the template's defaults (which follow the preset), the organisation's defaults, the answers file,
the command line, the organisation's locked answers. A locked answer is never overruled silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airworthy.errors import AnswerError, DocumentError, LockedAnswerError, UsageError
from airworthy.organisation import Organisation
from airworthy.questions import PRESET, Answers, Questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Given:
    """The answers that somebody gave, and where each was written."""

    organisation: Organisation = field(default_factory=Organisation)
    values: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    """Name → `file:line:column`; an answer from the command line has none."""

    def resolve(self, questionnaire: Questionnaire) -> Answers:
        """Every answer, checked.

        Raises:
            UnknownAnswerError, InvalidAnswerError: an answer from the command line is at fault.
            DocumentError: an answer from a file is; says where.
            LockedAnswerError: an answer contradicts the organisation.
        """
        for name, value in self.values.items():
            self._check_lock(name, value)
        try:
            return questionnaire.resolve(self.merged)
        except AnswerError as error:
            if error.name not in self.places:
                raise
            raise DocumentError(f"{self.places[error.name]}: {error.message}", error.next_step) from error

    @property
    def merged(self) -> Answers:
        """All given answers, the stronger ones over the weaker."""
        return {**self.organisation.defaults, **self.values, **self.organisation.decided}

    def _check_lock(self, name: str, value: str) -> None:
        lock = self.organisation.locked.get(name)
        if lock is None or lock.value == value:
            return
        where = f"{self.places[name]}: " if name in self.places else ""
        raise LockedAnswerError(
            name,
            f"{where}{name} is locked to {lock.value!r} by {lock.place}: {lock.reason}",
            f"Leave {name} out, or ask the owners of that file.",
        )


def collect(
    organisation: Organisation, *, file: Path | None = None, data: Sequence[str] = (), preset: str | None = None
) -> Given:
    """Put together what was given: an answers file, `key=value` pairs and a preset."""
    values: dict[str, str] = {}
    places: dict[str, str] = {}
    if file is not None:
        values, places = read_file(file)
    typed = dict(_pair(pair) for pair in data)
    if preset is not None:
        if typed.get(PRESET, preset) != preset:
            raise UsageError("--preset and --data preset= disagree.", "Give one of them.")
        typed[PRESET] = preset
    remaining = {name: place for name, place in places.items() if name not in typed}
    return Given(organisation, values | typed, remaining)


def read_file(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The answers in a YAML file, and their places; what copier notes in its own file (`_commit`) is passed over."""
    from airworthy import documents  # noqa: PLC0415 - reading YAML with its places is slow to import

    document = documents.read(path)
    names = [name for name in document.names() if not name.startswith("_")]
    return {name: document.text(name) for name in names}, {name: document.place(name) for name in names}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--data {text} has no value.", "Write it as --data name=value.")
    return name.strip(), value
