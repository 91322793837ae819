"""An organisation's own defaults, and the answers that it locks with a reason.

defaults:
  licence: apache-2.0
locked:
  idp:
    value: entra
    reason: Security policy 12, people sign in with their work account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airworthy.errors import AnswerError, DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from airworthy.documents import Block
    from airworthy.questions import Questionnaire


@dataclass(frozen=True)
class Lock:
    """An answer that an organisation decided for everybody."""

    value: str
    reason: str
    place: str
    """`file:line:column`."""


@dataclass(frozen=True)
class Organisation:
    """What an organisation file says; `places` tells where each default stands."""

    path: Path | None = None
    defaults: dict[str, str] = field(default_factory=dict)
    locked: dict[str, Lock] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """The answers that it gives, locked ones included."""
        return self.defaults | self.decided

    @property
    def decided(self) -> dict[str, str]:
        """The locked answers alone."""
        return {name: lock.value for name, lock in self.locked.items()}


def load(path: Path, questionnaire: Questionnaire) -> Organisation:
    """Read and check the organisation file at `path`; raises DocumentError with line and column."""
    from airworthy import documents  # noqa: PLC0415 - reading YAML with its places is slow to import

    document = documents.read(path)
    for name in document.names():
        if name not in {"defaults", "locked"}:
            raise DocumentError(f"{document.place(name)}: {name!r} is neither `defaults` nor `locked`.")
    defaults, locked = document.block("defaults"), document.block("locked")
    found = Organisation(
        path=path,
        defaults={name: defaults.text(name) for name in defaults.names()},
        locked=dict(_locks(locked)),
        places={name: defaults.place(name) for name in defaults.names()},
    )
    _check(found, questionnaire)
    return found


def lock(path: Path, name: str, value: str, reason: str) -> None:
    """Lock the answer to `name` in the file at `path`; the comments in it stay."""
    from airworthy import documents  # noqa: PLC0415 - as above

    document = documents.read(path) if path.exists() else documents.empty(path)
    locked = document.content.setdefault("locked", {})
    locked[name] = {"value": value, "reason": reason}
    document.content.get("defaults", {}).pop(name, None)
    documents.write(document)


def _locks(locked: Block) -> Iterator[tuple[str, Lock]]:
    for name in locked.names():
        entry = locked.block(name)
        names = set(entry.names())
        if names != {"value", "reason"}:
            place = locked.place(name)
            raise DocumentError(f"{place}: a locked answer needs a value and a reason.", _example(name))
        yield name, Lock(entry.text("value"), entry.text("reason"), locked.place(name))


def _example(name: str) -> str:
    return f"Write it as `{name}: {{value: ..., reason: ...}}`."


def _check(organisation: Organisation, questionnaire: Questionnaire) -> None:
    places = organisation.places | {name: lock.place for name, lock in organisation.locked.items()}
    try:
        questionnaire.resolve(organisation.values)
    except AnswerError as error:
        if error.name not in places:
            raise
        raise DocumentError(f"{places[error.name]}: {error.message}", error.next_step) from error
