"""All answers on one page, each of which can still be changed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from questionary import Choice, Separator

from airworthy import terminal
from airworthy.wizard import frame, prompts
from airworthy.wizard.interview import FOLDER, Interview
from airworthy.wizard.prompts import Menu
from airworthy.wizard.screen import TITLE_COLUMNS, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airworthy.questions import Question
    from airworthy.wizard.frame import Move
    from airworthy.wizard.live import Live


class Verdict(Enum):
    """What somebody says about the whole."""

    ACCEPTED = "<accept>"
    CANCELLED = "<cancel>"


ACCEPTED = Verdict.ACCEPTED
_LOCKED = "- "
"""What questionary puts before a row that cannot be chosen."""
_KEYS = frame.hint("↑↓ move", "Enter choose or change", can_go_back=True)


def ask(interview: Interview, live: Live, verb: str) -> str | Verdict | Move:
    """Show all answers: ACCEPTED, BACK, or the name of the question to ask again; raises KeyboardInterrupt."""
    rows = [
        Choice(_accept(interview, live, verb), ACCEPTED.value),
        *_rows(interview),
        Separator(" "),
        Choice("Cancel", Verdict.CANCELLED.value),
    ]
    chosen = prompts.select(
        Menu("Is everything as it should be?", rows, ACCEPTED.value, _footer(interview), _KEYS), can_go_back=True
    )
    if chosen == Verdict.CANCELLED.value:
        raise KeyboardInterrupt
    if chosen != ACCEPTED.value:
        return chosen
    # A folder that follows the product's name may be one that is in use.
    return FOLDER.name if interview.complaint(FOLDER, interview.folder) else ACCEPTED


def _accept(interview: Interview, live: Live, verb: str) -> str:
    return fit(f"{verb} {live.total()} into {interview.folder}", terminal.width() - 6)


def _rows(interview: Interview) -> Iterator[Choice | Separator]:
    section = ""
    for question in interview.questions:
        if question.section != section:
            section = question.section
            yield Separator(" ")
            yield Separator(section)
        yield _row(interview, question)


def _row(interview: Interview, question: Question) -> Choice:
    columns = terminal.width() - TITLE_COLUMNS - 8
    value = fit(interview.label(question), columns)
    reason = interview.reason(question)
    if not reason:
        return Choice(f"{question.title:<{TITLE_COLUMNS}} {value}", question.name)
    line = f"{question.title:<{TITLE_COLUMNS - len(_LOCKED)}} {value}"
    room = max(terminal.width() - len(line) - 20, 8)
    return Choice(line, question.name, disabled=f"locked: {fit(reason, room)}")


def _footer(interview: Interview) -> Callable[[str], list[str]]:
    questions = {question.name: question for question in interview.questions}

    def lines(value: str) -> list[str]:
        if value in questions:
            origin = "your answer" if interview.is_own(questions[value]) else "default"
            return [f"{questions[value].help} ({origin})"]
        return [
            "Nothing is written before you choose this." if value == ACCEPTED.value else "Leave everything as it is."
        ]

    return lines
