"""Latency budgets per hop add up."""

from pathlib import Path

import pytest

from slo.budgets import load_budgets
from slo.objectives import SloError

# covers R-0202

GOOD = "request: {p50: 1, p95: 10, p99: 20}\nhard_timeout_factor: 1.2\nhops: {a: 4, b: 6}\n"


def test_load_budgets_reads_the_repos_figures(root: Path) -> None:
    budgets = load_budgets(root / "slo" / "budgets.yaml")
    assert budgets.hops == {"ui": 60, "gateway": 20, "model": 200, "storage": 40}
    assert budgets.hard_timeout == pytest.approx(1080)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("p95: 10", "p95: 30", "have to grow"), ("b: 6", "b: 7", "the hops need 11 of 10 ms")],
)
def test_load_budgets_refuses_sums_that_do_not_fit(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = tmp_path / "budgets.yaml"
    path.write_text(GOOD, encoding="utf-8")
    load_budgets(path)
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(SloError, match=reason):
        load_budgets(path)
