"""One question on the terminal, by questionary."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING

import questionary
from questionary.prompts.common import InquirerControl

from airworthy import terminal
from airworthy.wizard import frame
from airworthy.wizard.frame import Move
from airworthy.wizard.screen import fit
from airworthy.wizard.style import style

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    from airworthy.questions import Question
    from airworthy.wizard.interview import Interview
    from airworthy.wizard.live import Live


@dataclass(frozen=True)
class Menu:
    """Rows to choose from; `footer` gives the lines under the one pointed at."""

    message: str
    rows: Sequence[questionary.Choice | questionary.Separator]
    value: str
    footer: Callable[[str], list[str]]
    keys: str
    place: str = ""


def ask(interview: Interview, question: Question, live: Live, *, can_go_back: bool) -> str | Move:
    """Ask one question and return its answer, or BACK; raises KeyboardInterrupt."""
    if question.choices:
        return _ask_choice(interview, question, live, can_go_back=can_go_back)
    return _ask_text(interview, question, live, can_go_back=can_go_back)


def select(menu: Menu, *, can_go_back: bool) -> str | Move:
    """Let somebody choose a row and return its value, or BACK; raises KeyboardInterrupt."""
    application = questionary.select(
        menu.message,
        choices=list(menu.rows),
        default=menu.value,
        pointer=frame.pointer(),
        qmark=frame.MARGIN,
        instruction=f" {menu.place}",
        style=style(),
        show_description=False,
        erase_when_done=True,
    ).application
    controls = (window.content for window in application.layout.find_all_windows())
    control = next(control for control in controls if isinstance(control, InquirerControl))
    footer = lambda: frame.lines(menu.footer(str(control.get_pointed_at().value)), menu.keys)  # noqa: E731 - one use
    return frame.run(application, footer, can_go_back=can_go_back)


def _ask_choice(interview: Interview, question: Question, live: Live, *, can_go_back: bool) -> str | Move:
    menu = Menu(
        message=_message(question),
        rows=[questionary.Choice(fit(choice.label, terminal.width() - 6), choice.value) for choice in question.choices],
        value=interview.value(question),
        footer=partial(live.choice, question),
        keys=frame.hint("↑↓ choose", "Enter accept", can_go_back=can_go_back),
        place=_place(interview, question),
    )
    return select(menu, can_go_back=can_go_back)


def _ask_text(interview: Interview, question: Question, live: Live, *, can_go_back: bool) -> str | Move:
    value = interview.value(question)
    application = questionary.text(
        _message(question),
        instruction=f"{_place(interview, question)}\n {frame.pointer()}",
        default=value if interview.is_own(question) else "",
        qmark=frame.MARGIN,
        style=style(),
        placeholder=[("class:placeholder", value)],
        erase_when_done=True,
    ).application
    buffer = application.current_buffer

    def complaint() -> str:
        return interview.complaint(question, buffer.text.strip() or value)

    def footer() -> StyleAndTextTuples:
        keys = frame.hint("Enter accept", *([] if buffer.text else ["Tab edit"]), can_go_back=can_go_back)
        if problem := complaint():
            return frame.lines([problem], keys, kind="class:wrong")
        return frame.lines([live.text(question, buffer.text.strip() or value)], keys)

    frame.bind(application, {"enter": _refuse}, when=lambda: bool(complaint()))
    frame.bind(
        application, {"tab": lambda event: event.current_buffer.insert_text(value)}, when=lambda: not buffer.text
    )
    answer = frame.run(application, footer, can_go_back=can_go_back)
    return answer if isinstance(answer, Move) else (answer.strip() or value)


def _refuse(event: KeyPressEvent) -> None:
    """Keep a wrong text in the line: the line under it says what is wrong already."""
    event.app.output.bell()


def _message(question: Question) -> str:
    return "\n  ".join(wrap(question.help, max(terminal.width() - 12, 20)))


def _place(interview: Interview, question: Question) -> str:
    return f"{interview.questions.index(question) + 1}/{len(interview.questions)}"
