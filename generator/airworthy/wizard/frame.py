"""What every prompt of the wizard has around it: lines under it that live, and keys of our own."""

from __future__ import annotations

import sys
from enum import Enum
from textwrap import wrap
from typing import TYPE_CHECKING

from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.filters import Condition, is_done
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout.containers import ConditionalContainer, HSplit, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import create_output

from airworthy import terminal
from airworthy.wizard.screen import fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    Footer = Callable[[], StyleAndTextTuples]

MARGIN = "\n "
POINTER = "❯"  # noqa: RUF001 - a sign of its own, no greater-than
_ESCAPE_SECONDS = 0.1
_LIVE_LINES = 2
_NARROWEST = 10


class Move(Enum):
    """What somebody can do instead of answering."""

    BACK = "back"


BACK = Move.BACK


def run(application: Application[str], footer: Footer, *, can_go_back: bool) -> str | Move:
    """Run a prompt above `footer`, which is computed anew at each key press; raises KeyboardInterrupt."""
    _put_under(application, footer)
    bind(application, {"escape": _leave, "s-tab": _leave}, when=lambda: can_go_back)
    # The keys that start with Escape arrive at once; waiting longer only delays the step back.
    application.ttimeoutlen = application.timeoutlen = _ESCAPE_SECONDS
    with create_app_session(output=create_output(stdout=sys.stderr)):
        return application.run()


def bind(
    application: Application[str], keys: dict[str, Callable[[KeyPressEvent], None]], *, when: Callable[[], bool]
) -> None:
    """Give `keys` another meaning while `when()` is true."""
    bindings = KeyBindings()
    for key, handle in keys.items():
        bindings.add(key, filter=Condition(when))(handle)
    known = [application.key_bindings] if application.key_bindings else []
    application.key_bindings = merge_key_bindings([*known, bindings])


def lines(texts: list[str], keys: str, *, kind: str = "class:live") -> StyleAndTextTuples:
    """The live lines, the first wrapped if it must be, and the keys."""
    columns = max(terminal.width() - 4, _NARROWEST)
    first, *others = texts
    wrapped = wrap(first, columns, max_lines=_LIVE_LINES, placeholder=" …") or [""]
    shown: StyleAndTextTuples = [("", "\n"), *((kind, f"   {line}\n") for line in wrapped)]
    shown += [("class:live", f"   {fit(line, columns)}\n") for line in others]
    return [*shown, ("class:hint", f"\n   {fit(keys, columns)}")]


def hint(*words: str, can_go_back: bool) -> str:
    """The keys, as people read them."""
    return " · ".join([*words, *(["Esc back"] if can_go_back else []), "Ctrl-C quit"])


def pointer() -> str:
    """The sign before what is pointed at, as the terminal can show it."""
    return ">" if terminal.encodable(POINTER, sys.stderr) != POINTER else POINTER


def _put_under(application: Application[str], footer: Footer) -> None:
    for window in application.layout.find_all_windows():
        window.dont_extend_height = Condition(lambda: True)  # or the footer would stick to the terminal's bottom
    container = application.layout.container
    if not isinstance(container, HSplit):
        raise TypeError("questionary builds its prompts differently now")
    under = Window(FormattedTextControl(footer), dont_extend_height=True)
    container.children.append(ConditionalContainer(under, filter=~is_done))


def _leave(event: KeyPressEvent) -> None:
    event.app.exit(result=BACK)
