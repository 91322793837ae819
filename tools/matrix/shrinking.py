"""The fewest answers that show a failure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations as choose
from itertools import product
from typing import TYPE_CHECKING

from matrix.combinations import indices

if TYPE_CHECKING:
    from matrix.combinations import Options

_EXHAUSTIVE = 3
"""Up to so many answers every set of them is tried."""


def cases(options: Options, failing: int, within: int, most: int = 5) -> list[dict[str, str]]:
    """Sets of answers, each of which alone makes every combination in `within` fail, smallest first; `most` at most.

    Together they stand for all of `failing`, if so few can.
    """
    found: list[dict[str, str]] = []
    left = failing
    while left and len(found) < most:
        found.append(smallest(options, failing, within, left))
        left &= ~options.where(found[-1])
    return found


def smallest(options: Options, failing: int, within: int, left: int | None = None) -> dict[str, str]:
    """The fewest answers under which all combinations in `within` fail, and some of `left` among them."""
    left = failing if left is None else left
    for size in range(_EXHAUSTIVE + 1):
        sure = [answers for answers in _sets(options, size) if _is_sure(options, answers, failing, within, left)]
        if sure:
            return max(sure, key=lambda answers: (options.where(answers) & left).bit_count())
    return _irreducible(options, failing, within, left)


def _sets(options: Options, size: int) -> Iterator[dict[str, str]]:
    for names in choose(options.choices, size):
        for values in product(*(options.choices[name] for name in names)):
            yield dict(zip(names, values, strict=True))


def _is_sure(options: Options, answers: dict[str, str], failing: int, within: int, left: int) -> bool:
    chosen = options.where(answers) & within
    return not chosen & ~failing and bool(chosen & left)


def _irreducible(options: Options, failing: int, within: int, left: int) -> dict[str, str]:
    """No answer of it can be spared; there may be a smaller set elsewhere."""
    answers = dict(options.combination(next(indices(left))).answers)
    for name in list(answers):
        fewer = {other: value for other, value in answers.items() if other != name}
        if _is_sure(options, fewer, failing, within, left):
            answers = fewer
    return answers
