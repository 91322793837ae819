"""The questions of copier.yml, asked, defaulted and validated as copier itself would.

copier is not imported: an answer is checked in milliseconds. `tests/unit/test_questions.py` proves that both agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from jinja2.sandbox import SandboxedEnvironment

from airworthy.errors import InvalidAnswerError, UnknownAnswerError, UnreadableTemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Answers = dict[str, str]

PRESET = "preset"
_KEYS = {"type", "help", "default", "choices", "validator", "when"}
_SECTION = re.compile(r"^# -{3,} (?P<title>.+?) -{3,}$")
_NAME = re.compile(r"^(?P<name>[a-z]\w*):")


@dataclass(frozen=True)
class Choice:
    """One value that a question accepts, and what people read."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question; `default`, `validator` and `when` are templates over the answers before it."""

    name: str
    section: str
    help: str
    default: str
    choices: tuple[Choice, ...] = ()
    validator: str = ""
    when: str = "true"
    type: str = "str"

    @property
    def title(self) -> str:
        """The name as people read it: `contact email`."""
        return self.name.replace("_", " ")

    def label(self, value: str) -> str:
        """What people read for `value`."""
        return next((choice.label for choice in self.choices if choice.value == value), value)


@dataclass(frozen=True)
class Questionnaire:
    """All questions in order, and the settings that their templates are rendered with."""

    questions: tuple[Question, ...]
    environment: SandboxedEnvironment
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The keys of copier.yml that begin with an underscore."""

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __getitem__(self, name: str) -> Question:
        """The question called `name`; raises UnknownAnswerError, with the nearest name as advice."""
        if name not in self._by_name:
            raise UnknownAnswerError(name, f"No question is called {name!r}.", _advice(name, list(self._by_name)))
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        return {question.name: question for question in self.questions}

    @property
    def presets(self) -> tuple[str, ...]:
        """The presets, in the order of copier.yml."""
        return tuple(choice.value for choice in self[PRESET].choices)

    def resolve(self, given: Mapping[str, str]) -> Answers:
        """Every answer: the given ones, checked, and the defaults for the others.

        Raises:
            UnknownAnswerError: a given name is no question.
            InvalidAnswerError: a given value is refused.
        """
        for name in given:
            self[name]
        answers: Answers = {}
        for question in self:
            answers[question.name] = given.get(question.name) or ""
            if question.name not in given or not self.is_asked(question, answers):
                answers[question.name] = self.default(question, answers)
            self.validate(question, answers[question.name], answers)
        return answers

    def default(self, question: Question, answers: Mapping[str, str]) -> str:
        """The default of `question` after `answers`, the answers to the questions before it."""
        return self._render(question.default, answers)

    def asked(self, answers: Mapping[str, str]) -> tuple[Question, ...]:
        """The questions that people answer; the others are computed."""
        return tuple(question for question in self if self.is_asked(question, answers))

    def is_asked(self, question: Question, answers: Mapping[str, str]) -> bool:
        """False for a value that is computed, not asked."""
        return self._render(question.when, answers).strip().lower() in {"true", "yes", "1", "on"}

    def validate(self, question: Question, value: str, answers: Mapping[str, str]) -> None:
        """Raise InvalidAnswerError unless copier would accept `value` after `answers`."""
        values = [choice.value for choice in question.choices]
        if values and value not in values:
            problem = f"{value!r} is not one of {', '.join(values)}."
            advice = f"{_nearest(value, values)} `airworthy options {question.name}` explains them.".lstrip()
            raise InvalidAnswerError(question.name, problem, advice)
        if complaint := self.complaint(question, value, answers):
            raise InvalidAnswerError(question.name, f"{value!r} is refused. {complaint}")

    def complaint(self, question: Question, value: str, answers: Mapping[str, str]) -> str:
        """What the question's own validator says about `value`; empty if it is content."""
        return self._render(question.validator, {**answers, question.name: value}).strip()

    def _render(self, template: str, answers: Mapping[str, str]) -> str:
        try:
            return _compile(self.environment, template).render(**answers)
        except jinja2.TemplateError as error:
            raise UnreadableTemplateError(f"copier.yml holds a template that fails: {error}.") from error


@cache
def _compile(environment: SandboxedEnvironment, template: str) -> jinja2.Template:
    return environment.from_string(template)


def load(folder: Path) -> Questionnaire:
    """The questionnaire of the template in `folder`; raises UnreadableTemplateError."""
    text = _read(folder / "copier.yml")
    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise UnreadableTemplateError(f"{folder / 'copier.yml'} is not YAML: {error}.") from error
    return parse(document, sections(text))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableTemplateError(
            f"The template cannot be read: {path}: {reason}.", "Install airworthy again, or repair its checkout."
        ) from error


def sections(text: str) -> dict[str, str]:
    """Question name → title of the `# --- Title ---` comment above it."""
    title, found = "", {}
    for line in text.splitlines():
        if match := _SECTION.match(line):
            title = match["title"]
        elif match := _NAME.match(line):
            found[match["name"]] = title
    return found


def parse(document: Mapping[str, Any], titles: Mapping[str, str]) -> Questionnaire:
    """Make the questionnaire of copier.yml as YAML gives it."""
    if not isinstance(document, dict):
        raise UnreadableTemplateError("copier.yml holds no questions.")
    settings = {key: value for key, value in document.items() if key.startswith("_")}
    questions = tuple(
        _question(name, titles.get(name, ""), details) for name, details in document.items() if not name.startswith("_")
    )
    return Questionnaire(questions, environment(settings.get("_envops", {})), settings)


def environment(envops: Mapping[str, Any]) -> SandboxedEnvironment:
    """Jinja as copier sets it up from `_envops`, without the filters it adds: the template uses none of them."""
    options = dict(envops)
    undefined = {"jinja2.Undefined": jinja2.Undefined, "jinja2.StrictUndefined": jinja2.StrictUndefined}
    options["undefined"] = undefined[options.get("undefined", "jinja2.Undefined")]
    return SandboxedEnvironment(**options)


def _question(name: str, section: str, details: object) -> Question:
    if not isinstance(details, dict) or not details.keys() <= _KEYS or details.get("type") != "str":
        known = ", ".join(sorted(_KEYS))
        raise UnreadableTemplateError(f"Question {name!r} in copier.yml must be a str question with only: {known}.")
    return Question(
        name=name,
        section=section,
        help=details.get("help", name),
        default=str(details.get("default", "")),
        choices=tuple(Choice(value, label) for label, value in details.get("choices", {}).items()),
        validator=details.get("validator", ""),
        when=str(details.get("when", "true")),
    )


def _advice(name: str, names: list[str]) -> str:
    return f"{_nearest(name, names)} `airworthy options` lists them all.".lstrip()


def _nearest(word: str, words: list[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - needed only to word a mistake

    close = get_close_matches(word, words, n=1)
    return f"Did you mean {close[0]!r}?" if close else ""
