"""Every combination of the options in copier.yml, and sets of them as bits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from airworthy.questions import PRESET

if TYPE_CHECKING:
    from airworthy.questions import Questionnaire


@dataclass(frozen=True)
class Combination:
    """One choice per option; `index` counts through all of them in the order of copier.yml."""

    index: int
    answers: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Options:
    """Option → its choices, both in the order of copier.yml."""

    choices: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Options:
        """The questions with choices outside the section of `preset`: what the product is built from."""
        who = next((question.section for question in questionnaire if question.name == PRESET), None)
        asked = (question for question in questionnaire if question.choices and question.section != who)
        return cls({question.name: tuple(choice.value for choice in question.choices) for question in asked})

    @property
    def count(self) -> int:
        """How many combinations there are."""
        return prod(len(values) for values in self.choices.values())

    @property
    def all(self) -> int:
        """The set of all combinations: bit `i` stands for the one with index `i`."""
        return (1 << self.count) - 1

    def __iter__(self) -> Iterator[Combination]:
        return (self.combination(index) for index in range(self.count))

    def combination(self, index: int) -> Combination:
        """The combination with that index."""
        answers = {name: values[index // self._strides[name] % len(values)] for name, values in self.choices.items()}
        return Combination(index, answers)

    def find(self, answers: Mapping[str, str]) -> Combination:
        """The combination with those answers; answers to other questions do not count."""
        index = sum(values.index(answers[name]) * self._strides[name] for name, values in self.choices.items())
        return self.combination(index)

    def where(self, answers: Mapping[str, str]) -> int:
        """The set of the combinations with all of `answers`."""
        found = self.all
        for name, value in answers.items():
            found &= self._sets[name, value]
        return found

    def shard(self, number: int, count: int) -> int:
        """The `number`th of `count` disjoint sets of nearly the same size, counted from 1."""
        return _repeated(1, number - 1, count, self.count)

    @cached_property
    def _strides(self) -> dict[str, int]:
        strides, stride = {}, 1
        for name, values in reversed(list(self.choices.items())):
            strides[name] = stride
            stride *= len(values)
        return strides

    @cached_property
    def _sets(self) -> dict[tuple[str, str], int]:
        return {
            (name, value): _repeated(self._strides[name], number, len(values), self.count)
            for name, values in self.choices.items()
            for number, value in enumerate(values)
        }


def indices(combinations: int) -> Iterator[int]:
    """The indices in a set, smallest first."""
    while combinations:
        lowest = combinations & -combinations
        yield lowest.bit_length() - 1
        combinations ^= lowest


def _repeated(stride: int, number: int, length: int, count: int) -> int:
    """Bits `number * stride` to `(number + 1) * stride` of each period of `length * stride`, up to `count`."""
    period, size = ((1 << stride) - 1) << (number * stride), stride * length
    while size < count:
        period |= period << size
        size *= 2
    return period & ((1 << count) - 1)
