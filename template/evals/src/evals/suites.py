"""Runs a suite: asks every sample, applies every guard, holds each family against its threshold."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from evals.guards import Guard
from evals.samples import Answer, Sample

Ask = Callable[[Sample], Awaitable[Answer]]


@dataclass(frozen=True)
class Result:
    """One graded answer; no reasons means that it passed."""

    sample: Sample
    answer: Answer
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no guard objected."""
        return not self.reasons


@dataclass(frozen=True)
class Family:
    """How one family of samples did; ``needed`` is the least share that has to pass."""

    name: str
    passed: int
    total: int
    needed: float

    @property
    def ok(self) -> bool:
        """Whether enough passed."""
        return self.passed >= self.needed * self.total


@dataclass(frozen=True)
class Outcome:
    """What a suite found."""

    suite: str
    results: tuple[Result, ...]
    families: tuple[Family, ...]

    @property
    def ok(self) -> bool:
        """Whether every family passed."""
        return all(family.ok for family in self.families)


@dataclass(frozen=True)
class Thresholds:
    """Least share of passing samples, by family."""

    default: float
    families: Mapping[str, float]

    def needed(self, family: str) -> float:
        """Return the share for one family."""
        return self.families.get(family, self.default)


def load_thresholds(path: Path) -> Thresholds:
    """Return the thresholds; a share outside 0 to 1 is a ``ValueError``."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    thresholds = Thresholds(float(data["default"]), data.get("families") or {})
    if wrong := [v for v in (thresholds.default, *thresholds.families.values()) if not 0 <= v <= 1]:
        raise ValueError(f"{path}: a share is between 0 and 1, not {wrong[0]}.")
    return thresholds


async def run_suite(
    name: str, samples: Sequence[Sample], ask: Ask, guards: Sequence[Guard], thresholds: Thresholds
) -> Outcome:
    """Ask and grade the samples one after another, so that a report reads in the file's order."""
    results = tuple([grade(sample, await ask(sample), guards) for sample in samples])
    names = dict.fromkeys(result.sample.metadata.family for result in results)
    families = tuple(_family(family, results, thresholds) for family in names)
    return Outcome(name, results, families)


def grade(sample: Sample, answer: Answer, guards: Sequence[Guard]) -> Result:
    """Return the graded answer, with every guard's objection."""
    reasons = (guard(sample, answer) for guard in guards)
    return Result(sample, answer, tuple(reason for reason in reasons if reason))


def _family(name: str, results: Sequence[Result], thresholds: Thresholds) -> Family:
    passed = [result.passed for result in results if result.sample.metadata.family == name]
    return Family(name, sum(passed), len(passed), thresholds.needed(name))
