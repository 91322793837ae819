"""A pure function of the answers that it reads, worked out once for each distinct set of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from matrix.combinations import Options

T = TypeVar("T")
Answers = Mapping[str, str]


class Projection(Generic[T]):
    """`work` sees only the answers to `names`: whatever else it needs must not depend on an option."""

    def __init__(self, names: Iterable[str], work: Callable[[dict[str, str]], T]) -> None:
        self.names = tuple(sorted(names))
        self.worked = 0
        """How often `work` ran."""
        self._work = work
        self._known: dict[object, T] = {}
        self._key: Callable[[Answers], object] = itemgetter(*self.names) if self.names else _nothing

    def __call__(self, answers: Answers) -> T:
        """What `work` gives for the part of `answers` that it reads."""
        key = self._key(answers)
        try:
            return self._known[key]
        except KeyError:
            self.worked += 1
            self._known[key] = self._work({name: answers[name] for name in self.names})
            return self._known[key]

    def everywhere(self, options: Options) -> Iterator[tuple[dict[str, str], T]]:
        """Each distinct input with what it gives."""
        return ((answers, self(answers)) for answers in self.inputs(options))

    def inputs(self, options: Options) -> Iterator[dict[str, str]]:
        """Each distinct input."""
        for values in product(*(options.choices[name] for name in self.names)):
            yield dict(zip(self.names, values, strict=True))


def _nothing(_answers: Answers) -> object:
    return None
