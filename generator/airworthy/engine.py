"""The one place that calls copier: its public API, quiet, without trust, without the user's copier settings."""

from __future__ import annotations

import gc
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import jinja2

from airworthy.errors import AirworthyError, InvalidAnswerError, RenderError, from_os_error
from airworthy.memo import memoised

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_CREATED = re.compile(r"^\s*create\s+(?P<path>\S.*)$")
_REFUSED_ANSWER = re.compile(r"^Validation error for question '(?P<name>\w+)': (?P<problem>.+)$", re.DOTALL)


def copy(
    folder: Path, target: Path, answers: Mapping[str, Any], *, created: Callable[[str], None] | None = None
) -> None:
    """Render the plain `folder` into `target`, which need not exist; `created` hears each path before it is written.

    Raises:
        AirworthyError: the folder cannot be written, or copier refuses the template or an answer.
    """
    with _uncollected(), _alone(created):
        import copier  # noqa: PLC0415 - takes longer to import than most commands run
        import copier.errors  # noqa: PLC0415

        try:
            copier.run_copy(
                str(folder),
                target,
                data=dict(answers),
                settings=copier.Settings(),
                defaults=True,
                overwrite=True,
                cleanup_on_error=False,
                quiet=created is None,
            )
        except OSError as error:
            raise from_os_error(error) from error
        except (copier.errors.CopierError, jinja2.TemplateError, ValueError) as error:
            raise _refused(error) from error


def _refused(error: Exception) -> AirworthyError:
    if match := _REFUSED_ANSWER.match(str(error)):
        return InvalidAnswerError(match["name"], match["problem"].strip())
    reason = " ".join(str(error).split()).rstrip(".")
    return RenderError(
        f"The template could not be rendered: {reason}.", "This is a fault of the template; please report it."
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the cyclic garbage collector: a render makes many objects and no garbage worth a tenth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _alone(created: Callable[[str], None] | None) -> Iterator[None]:
    """Keep copier's output from the terminal, and git from copier.

    With git in reach copier clones even a local folder, and asks git about each file that it writes, which takes longer
    than the writing. We know the version already, and see to the executable bits by ourselves.
    """
    from plumbum import local  # noqa: PLC0415 - imported by copier, and as slow; copier runs its programs through it

    with ExitStack() as stack:
        stack.enter_context(local.env(PATH=""))
        stack.enter_context(memoised())
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        if created:
            stack.enter_context(redirect_stdout(io.StringIO()))
            stack.enter_context(redirect_stderr(_Listener(created)))
        yield


class _Listener(io.StringIO):
    """Takes what copier prints, and hands on the paths that it creates."""

    def __init__(self, created: Callable[[str], None]) -> None:
        super().__init__()
        self._created = created
        self._line = ""

    def write(self, text: str) -> int:
        self._line += text
        while "\n" in self._line:
            line, self._line = self._line.split("\n", 1)
            if match := _CREATED.match(_COLOUR.sub("", line)):
                self._created(match["path"])
        return len(text)
