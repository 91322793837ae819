"""One thing that was measured, and the goal that it has."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measurement beside what it is compared with.

    Attributes:
        name: what was measured.
        value: ours.
        unit: of both values.
        beside: the same without us, measured in the same run; None where there is no such thing.
        goal: what ``value`` has to be, in words; empty where there is no goal.
        is_met: whether it is.
    """

    name: str
    value: float
    unit: str
    beside: float | None = None
    goal: str = ""
    is_met: bool = True


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures for a person."""
    lines = [f"{'':<46} {'this':>12} {'without':>12}  goal"]
    for figure in figures:
        beside = "" if figure.beside is None else f"{figure.beside:.2f}"
        verdict = ("met: " if figure.is_met else "MISSED: ") + figure.goal if figure.goal else ""
        label = f"{figure.name} [{figure.unit}]"
        lines.append(f"{label:<46} {figure.value:>12.2f} {beside:>12}  {verdict}")
    return "\n".join(lines) + "\n"
