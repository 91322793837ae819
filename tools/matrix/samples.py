"""Answers to try against copier: all presets, every single change to one, and others by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airworthy.errors import InvalidAnswerError
from airworthy.questions import PRESET

if TYPE_CHECKING:
    from airworthy.questions import Question, Questionnaire
    from matrix.combinations import Options

_LETTERS = "aAzZ09 -_.,:;'&#%!?+*/=()[]<>@äéßøçñŁ字ع😀"
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-"
_ADDRESS = "{0}@{1}.example"
_TRIES = 200


@dataclass(frozen=True)
class Sample:
    """Complete answers, and why they are tried."""

    name: str
    answers: Mapping[str, str] = field(hash=False)


def samples(questionnaire: Questionnaire, options: Options, *, seed: int, count: int) -> list[Sample]:
    """Every preset, every change of one option from a preset, and `count` by chance; the same for the same seed."""
    return [*_presets(questionnaire), *_changes(questionnaire, options), *_chance(questionnaire, seed, count)]


def _presets(questionnaire: Questionnaire) -> Iterator[Sample]:
    for preset in questionnaire.presets:
        yield Sample(preset, questionnaire.resolve({PRESET: preset}))


def _changes(questionnaire: Questionnaire, options: Options) -> Iterator[Sample]:
    for preset in _presets(questionnaire):
        for name, values in options.choices.items():
            for value in values:
                if value != preset.answers[name]:
                    answers = questionnaire.resolve({PRESET: preset.name, **_chosen(preset, options), name: value})
                    yield Sample(f"{preset.name}, {name}={value}", answers)


def _chosen(preset: Sample, options: Options) -> dict[str, str]:
    return {name: preset.answers[name] for name in options.choices}


def _chance(questionnaire: Questionnaire, seed: int, count: int) -> Iterator[Sample]:
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible, not secret
        answers: dict[str, str] = {}
        for question in questionnaire:
            if questionnaire.is_asked(question, answers):
                answers[question.name] = _answer(questionnaire, question, answers, chance)
        yield Sample(f"chance {number}", questionnaire.resolve(answers))


def _answer(questionnaire: Questionnaire, question: Question, before: Mapping[str, str], chance: random.Random) -> str:
    """Any choice; or a text, of the strangest that the question accepts."""
    if question.choices:
        return chance.choice(question.choices).value
    for _ in range(_TRIES):
        text = _text(chance)
        try:
            questionnaire.validate(question, text, {**before, question.name: text})
        except InvalidAnswerError:
            continue
        return text
    return questionnaire.default(question, before)


def _text(chance: random.Random) -> str:
    shape = chance.randrange(4)
    if shape == 0:
        return _ADDRESS.format(*("".join(chance.choices(_PLAIN[:26], k=6)) for _ in range(2)))
    alphabet = _LETTERS if shape == 1 else _PLAIN
    return "".join(chance.choices(alphabet, k=chance.randint(1, 40))).strip()
