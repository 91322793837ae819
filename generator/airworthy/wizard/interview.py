"""What has been answered so far, and what follows from it: the wizard without a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airworthy import destination
from airworthy.errors import InvalidAnswerError
from airworthy.questions import Answers, Question, Questionnaire

if TYPE_CHECKING:
    from pathlib import Path

    from airworthy.answers import Given

FOLDER = Question(
    name="folder",
    section="Where it goes",
    help="The folder to write it into; it is made if it is not there",
    default="",
)


class Interview:
    """The state of one run of the wizard.

    An answer that equals its default is not kept: it goes on following what it is derived from.
    """

    def __init__(self, questionnaire: Questionnaire, given: Given, folder: Path | None = None) -> None:
        self.questionnaire = questionnaire
        self.given = given
        self._chosen: dict[str, str] = {}
        self._folder = str(folder) if folder else ""
        self._is_folder_given = folder is not None
        self._answers = given.resolve(questionnaire)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order, the folder last; without the computed ones."""
        return (*self.questionnaire.asked(self._answers), FOLDER)

    @property
    def answers(self) -> Answers:
        """Every answer as things stand."""
        return dict(self._answers)

    @property
    def folder(self) -> str:
        """The folder as things stand."""
        return self._folder or self.default(FOLDER)

    def value(self, question: Question) -> str:
        """The answer to `question` as things stand."""
        return self.folder if question is FOLDER else self._answers[question.name]

    def default(self, question: Question) -> str:
        """What `question` would be answered with if nobody had been asked."""
        if question is FOLDER:
            return f"{destination.beside()}/{self._answers['project_slug']}"
        if question.name in self.given.merged:
            return self.given.merged[question.name]
        return self.questionnaire.default(question, self._answers)

    def label(self, question: Question) -> str:
        """The answer to `question` as people read it."""
        return question.label(self.value(question))

    def reason(self, question: Question) -> str:
        """Why the answer to `question` is locked; empty if it is not."""
        lock = self.given.organisation.locked.get(question.name)
        return lock.reason if lock else ""

    def is_given(self, question: Question) -> bool:
        """Whether the command line or an answers file answered `question`."""
        return self._is_folder_given if question is FOLDER else question.name in self.given.values

    def is_open(self, question: Question) -> bool:
        """Whether somebody has to be asked."""
        return not self.is_given(question) and not self.reason(question)

    def open_before(self, index: int) -> int | None:
        """The number of the last question before number `index` that is asked, if any is."""
        return next((number for number in reversed(range(index)) if self.is_open(self.questions[number])), None)

    def is_own(self, question: Question) -> bool:
        """Whether the answer differs from what the defaults say."""
        return self.value(question) != self.default(question)

    def complaint(self, question: Question, value: str) -> str:
        """What is wrong with `value` for `question`; empty if nothing is."""
        if question is FOLDER:
            return destination.complaint(value)
        return self.questionnaire.complaint(question, value, self._answers)

    def accept(self, question: Question, value: str) -> None:
        """Answer `question` with `value`, which has no complaint; what was derived from it follows."""
        if question is FOLDER:
            self._folder = "" if value == self.default(FOLDER) else value
            return
        self._chosen.pop(question.name, None)
        self._answers = self._resolve()
        if self._answers[question.name] != value:
            self._chosen[question.name] = value
            self._answers = self._resolve()

    def imagine(self, question: Question, value: str) -> Answers:
        """Every answer if `question` were answered with `value`, which may be wrong."""
        if question is FOLDER or self.complaint(question, value):
            return self.answers
        return self.questionnaire.resolve({**self.given.merged, **self._chosen, question.name: value})

    def _resolve(self) -> Answers:
        try:
            return self.questionnaire.resolve({**self.given.merged, **self._chosen})
        except InvalidAnswerError as error:
            # An earlier answer changed, and this one no longer fits it: its default does.
            if error.name not in self._chosen:
                raise
            del self._chosen[error.name]
            return self._resolve()
