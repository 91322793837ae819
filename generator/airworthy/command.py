"""The command that would make the same repo again without a question."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from airworthy.questions import PRESET, Answers, Questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from airworthy.organisation import Organisation

PROGRAM = "AIRWORTHY_PROGRAM"
"""The environment variable that says how this program is called, where it is not on the path."""


def differing(questionnaire: Questionnaire, answers: Mapping[str, str], organisation: Organisation) -> Answers:
    """The answers that the organisation's and the template's defaults would not give by themselves."""
    found: Answers = {}
    for question in questionnaire:
        expected = organisation.values.get(question.name)
        if expected is None:
            expected = questionnaire.default(question, answers)
        if answers[question.name] != expected:
            found[question.name] = answers[question.name]
    return found


def equivalent(
    destination: Path | str,
    questionnaire: Questionnaire,
    answers: Mapping[str, str],
    organisation: Organisation,
    *,
    git: bool = True,
) -> str:
    """The shell command, quoted, that gives `answers` again; only what differs from the defaults is named."""
    words = [os.environ.get(PROGRAM, "airworthy"), "new", str(destination)]
    if organisation.path is not None:
        words += ["--org", str(organisation.path)]
    for name, value in differing(questionnaire, answers, organisation).items():
        words += ["--preset", value] if name == PRESET else ["--data", f"{name}={value}"]
    return shlex.join([*words, "--defaults", *([] if git else ["--no-git"])])
