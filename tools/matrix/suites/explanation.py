"""The fewest answers that show a failure, found by giving one answer after the other up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matrix.combinations import Combination, Options

Answers = Mapping[str, str]


def fewest(
    options: Options, failing: Combination, usual: Combination, fails: Callable[[Combination], bool]
) -> dict[str, str]:
    """The answers of ``failing`` without any one of which it passes; those of ``usual`` stand in for the rest.

    ``fails`` must say no where the suite does not exist.
    """
    current = dict(failing.answers)
    for name in options.choices:
        candidate = {**current, name: usual.answers[name]}
        if candidate != current and fails(options.find(candidate)):
            current = candidate
    return {name: value for name, value in current.items() if _is_needed(options, name, current, fails)}


def _is_needed(options: Options, name: str, current: Answers, fails: Callable[[Combination], bool]) -> bool:
    return any(not fails(options.find(other)) for other in _others(options, name, current))


def _others(options: Options, name: str, current: Answers) -> Iterator[dict[str, str]]:
    return ({**current, name: value} for value in options.choices[name] if value != current[name])
