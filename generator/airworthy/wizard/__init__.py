"""The wizard: one question at a time, back at any point, a review of everything, then one Enter.

`interview` knows the answers and nothing of terminals; `prompts` asks one question, in a
`frame`; `screen` keeps what was answered in
sight; `review` shows all; `live` says what an answer brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airworthy import destination
from airworthy.wizard import frame, prompts, review
from airworthy.wizard.interview import Interview
from airworthy.wizard.live import Live
from airworthy.wizard.screen import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from airworthy.answers import Given
    from airworthy.manifest import Manifest
    from airworthy.questions import Answers

__all__ = ["Wish", "ask"]


@dataclass(frozen=True)
class Wish:
    """What somebody asked for."""

    folder: Path
    answers: Answers


def ask(
    manifest: Manifest, given: Given, folder: Path | None, *, is_reviewed: bool = True, verb: str = "Write"
) -> Wish:
    """Ask everything that is not given and return it.

    `verb` names what follows the review: `Write`, or `Preview`. Raises KeyboardInterrupt when the person gives up.
    """
    interview = Interview(manifest.questionnaire, given, folder)
    live, screen = Live(manifest, interview), Screen()
    screen.open()
    _ask_from(0, interview, live, screen)
    if is_reviewed:
        screen.clear()
        _review(interview, live, screen, verb)
        screen.show(interview, interview.questions)
    return Wish(destination.parse(interview.folder), interview.answers)


def _ask_from(index: int, interview: Interview, live: Live, screen: Screen) -> None:
    """Ask the questions from number `index` on, or from an earlier one if somebody goes back."""
    while index < len(interview.questions):
        question = interview.questions[index]
        if interview.is_open(question):
            screen.enter(question.section)
            earlier = interview.open_before(index)
            value = prompts.ask(interview, question, live, can_go_back=earlier is not None)
            if value is frame.BACK and earlier is not None:
                index = earlier
                _rewind(index, interview, screen)
                continue
            interview.accept(question, str(value))
        screen.show(interview, [question])
        index += 1


def _rewind(index: int, interview: Interview, screen: Screen) -> None:
    screen.clear()
    screen.show(interview, interview.questions[:index])


def _review(interview: Interview, live: Live, screen: Screen, verb: str) -> None:
    """Show everything until it is accepted."""
    while (chosen := review.ask(interview, live, verb)) is not review.ACCEPTED:
        earlier = interview.open_before(len(interview.questions))
        if chosen is not frame.BACK:
            _change(str(chosen), interview, live)
        elif earlier is not None:
            _rewind(earlier, interview, screen)
            _ask_from(earlier, interview, live, screen)
            screen.clear()


def _change(name: str, interview: Interview, live: Live) -> None:
    question = next(question for question in interview.questions if question.name == name)
    value = prompts.ask(interview, question, live, can_go_back=True)
    if value is not frame.BACK:
        interview.accept(question, str(value))
