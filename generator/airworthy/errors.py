"""Everything that can go wrong in a way that a person can act on.

    AirworthyError
    ├── UsageError                 the command line makes no sense
    ├── AnswerError                an answer that was given cannot be used
    │   ├── UnknownAnswerError     no question has that name
    │   ├── InvalidAnswerError     the value is refused by its question
    │   └── LockedAnswerError      an organisation file decided it already
    ├── DocumentError              a YAML file cannot be used (file, line, column)
    ├── TemplateError
    │   └── UnreadableTemplateError
    ├── DestinationError
    │   ├── DestinationNotEmptyError
    │   ├── ReadOnlyFolderError
    │   └── NoSpaceError
    ├── MissingGitError
    └── RenderError                the template could not be rendered: a fault of ours (exit code 1)

The command line turns them into one message and an exit code, once, in `airworthy.cli`.
"""

from __future__ import annotations

import errno

BAD_INPUT = 2
FAILURE = 1


class AirworthyError(Exception):
    """What failed, in one sentence, and what to do next.

    `code` is stable: scripts may rely on it. `exit_code` is 2 for bad input and 1 for a failure.
    """

    code = "airworthy_error"
    exit_code = BAD_INPUT

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".rstrip()


class UsageError(AirworthyError):
    """The command line makes no sense."""

    code = "usage"


class AnswerError(AirworthyError):
    """An answer that was given cannot be used; `name` is the question's name."""

    code = "answer"

    def __init__(self, name: str, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step)
        self.name = name


class UnknownAnswerError(AnswerError):
    """No question has that name."""

    code = "unknown_answer"


class InvalidAnswerError(AnswerError):
    """The value is refused by its question; `problem` is the reason alone."""

    code = "invalid_answer"

    def __init__(self, name: str, problem: str, next_step: str = "") -> None:
        super().__init__(name, f"{name}: {problem}", next_step)
        self.problem = problem


class LockedAnswerError(AnswerError):
    """An organisation file locks this answer to another value."""

    code = "locked_answer"


class DocumentError(AirworthyError):
    """A YAML file cannot be used; the message starts with `file:line:column`."""

    code = "document"


class TemplateError(AirworthyError):
    """The template cannot be used."""

    code = "template"


class UnreadableTemplateError(TemplateError):
    """The template, or its copier.yml, cannot be read."""

    code = "unreadable_template"


class DestinationError(AirworthyError):
    """The repo cannot be written where it was asked for."""

    code = "destination"


class DestinationNotEmptyError(DestinationError):
    """The destination holds something already."""

    code = "destination_not_empty"


class ReadOnlyFolderError(DestinationError):
    """The destination, or the folder that would hold it, cannot be written to."""

    code = "read_only_folder"


class NoSpaceError(DestinationError):
    """The disk, or the quota, is full."""

    code = "no_space"


class MissingGitError(AirworthyError):
    """The git program is not on the path."""

    code = "missing_git"


class RenderError(AirworthyError):
    """The template could not be rendered: not the user's fault."""

    code = "render"
    exit_code = FAILURE


def from_os_error(error: OSError, path: object | None = None) -> AirworthyError:
    """The clear error for what the operating system refused; `path` overrides the one it names."""
    place = str(path or error.filename or "the destination")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoSpaceError(
            f"There is no space left to write {place}.", "Free some, or choose a folder on another disk."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ReadOnlyFolderError(f"{place} cannot be written to.", "Choose a folder that you may write to.")
    reason = error.strerror or str(error)
    return DestinationError(f"{place} cannot be used: {reason}.", "Choose another folder.")
