"""In which order combinations are run: presets, each choice alone, each pair of choices, each triple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from airworthy.questions import PRESET

if TYPE_CHECKING:
    from matrix.combinations import Combination, Options
    from matrix.template import Template

Group = tuple[tuple[str, str], ...]
"""Choices that should meet in one combination."""


class Stage(NamedTuple):
    """Combinations with something in common."""

    name: str
    combinations: list[Combination]


def stages(template: Template) -> list[Stage]:
    """The presets, then as few combinations as bring every choice, every pair and every triple of choices."""
    options = template.options
    chosen = presets(template)
    found = [Stage("presets", list(chosen))]
    for size, name in ((1, "single choices"), (2, "pairs of choices"), (3, "triples of choices")):
        more = _cover(options, size, chosen)
        found.append(Stage(name, more))
        chosen += more
    return found


def presets(template: Template) -> list[Combination]:
    """The combination of each preset's own answers."""
    questionnaire, options = template.questionnaire, template.options
    named = [choice.value for question in questionnaire if question.name == PRESET for choice in question.choices]
    every = [questionnaire.resolve({PRESET: name}) for name in named] or [questionnaire.resolve({})]
    return list({found.index: found for found in map(options.find, every)}.values())


def _cover(options: Options, size: int, chosen: Iterable[Combination]) -> list[Combination]:
    """As few further combinations as are easily found, in which all groups of ``size`` choices meet."""
    missing = {group: None for names in combinations(options.choices, size) for group in _groups(options, names)}
    for combination in chosen:
        _strike(missing, combination.answers, size)
    found = []
    while missing:
        found.append(options.find(_richest(options, missing, dict(next(iter(missing))), size)))
        _strike(missing, found[-1].answers, size)
    return found


def _groups(options: Options, names: Iterable[str]) -> Iterator[Group]:
    names = list(names)
    for values in product(*(options.choices[name] for name in names)):
        yield tuple(zip(names, values, strict=True))


def _richest(options: Options, missing: Mapping[Group, None], answers: dict[str, str], size: int) -> dict[str, str]:
    """Complete ``answers``, each option with the choice that brings most missing groups."""
    order = list(options.choices)
    for name in order:
        if name not in answers:
            gains = {
                value: sum(group in missing for group in _with(order, answers, name, value, size))
                for value in options.choices[name]
            }
            answers[name] = max(gains, key=lambda value: gains[value])
    return answers


def _with(order: list[str], answers: Mapping[str, str], name: str, value: str, size: int) -> Iterator[Group]:
    for others in combinations([other for other in order if other in answers], size - 1):
        names = sorted((*others, name), key=order.index)
        yield tuple((other, value if other == name else answers[other]) for other in names)


def _strike(missing: dict[Group, None], answers: Mapping[str, str], size: int) -> None:
    for group in combinations(answers.items(), size):
        missing.pop(group, None)
