"""A run is judged by the service levels, and silence is no success."""

from pathlib import Path

import pytest

from load.gate import API, ASK, FIRST_TOKEN, JUDGED, Figures, find_violations, load_limits

# covers R-0311


def _figures(kind: str, *, failures: int = 0, seconds: float = 0.1) -> Figures:
    return Figures(kind, 1000, failures, lambda _share: seconds)


GOOD = [_figures(kind) for kind in (API, ASK, FIRST_TOKEN)]


def test_load_limits_finds_every_objective_that_is_judged(root: Path) -> None:
    assert {limit.name for limit in load_limits(root)} == set(JUDGED)


def test_find_violations_is_content_within_the_levels(root: Path) -> None:
    assert find_violations(GOOD, load_limits(root)) == []


@pytest.mark.parametrize(
    ("worse", "violated"),
    [
        (_figures(API, seconds=0.5), "api-latency: 95% took up to 0.500 s; 0.4 s may pass."),
        (_figures(API, failures=2), "api-availability: 0.20% of 1000 failed; 0.10% may."),
        (_figures(ASK, failures=6), "ask-availability: 0.60% of 1000 failed; 0.50% may."),
        (_figures(FIRST_TOKEN, seconds=0.41), "ask-first-token: 95% took up to 0.410 s"),
    ],
)
def test_find_violations_names_the_missed_level(root: Path, worse: Figures, violated: str) -> None:
    measured = [worse if figures.kind == worse.kind else figures for figures in GOOD]
    (violation,) = find_violations(measured, load_limits(root))
    assert violation.startswith(violated)


def test_find_violations_counts_what_was_not_measured(root: Path) -> None:
    assert len(find_violations([], load_limits(root))) == len(JUDGED)
