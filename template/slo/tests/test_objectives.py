"""OpenSLO files are read, and what the compiler would have to ignore is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slo.budgets import load_budgets
from slo.objectives import Objective, SloError, load_objectives, read_objective

# covers R-0602

_LABEL = re.compile(r'(\w+)(?:=|!=)~?"([^"]*)"')


def test_load_objectives_covers_routes_journeys_and_tenants(root: Path) -> None:
    objectives = {o.name: o for o in load_objectives(root / "slo")}
    assert {o.service for o in objectives.values()} == {"gateway", "model-proxy", "workers"}
    assert {"ask-availability", "sign-in", "ingestion", "api-latency"} <= objectives.keys()
    assert objectives["ask-availability-per-tenant"].per == "tenant_id"


def test_read_objective_tells_good_events_from_bad_ones(root: Path) -> None:
    folder = root / "slo" / "objectives"
    assert read_objective(folder / "api-availability.yaml").events_are_bad
    assert not read_objective(folder / "api-latency.yaml").events_are_bad


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("kind: SLO", "kind: Service", "'SLO' was expected"),
        ("apiVersion: openslo/v1", "apiVersion: openslo/v2", "'openslo/v1' was expected"),
        ("budgetingMethod: Occurrences", "budgetingMethod: Timeslices", "'Occurrences' was"),
        ("counter: true", "counter: false", "True was expected"),
        ("target: 0.999", "target: 1", "maximum"),
        ("target: 0.999", "target: 99.9", "maximum"),
        ("        bad:", "        neither:", "not allowed"),
        ("isRolling: true", "isRolling: false", "True was expected"),
        ("query: http", "query: sum(http", "does not match"),
        ("  annotations:", "  owner: me\n  annotations:", "not allowed"),
        ("name: api-availability", "name: other", "rename one of them"),
    ],
)
def test_read_objective_refuses_what_it_cannot_honour(
    edit: Callable[[str, str, str], Path], old: str, new: str, reason: str
) -> None:
    path = edit("api-availability", old, new)
    with pytest.raises(SloError, match=reason) as caught:
        read_objective(path)
    assert str(path) in str(caught.value)


def test_read_objective_names_a_file_that_is_not_yaml(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(SloError, match=r"broken\.yaml can't be read"):
        read_objective(path)


def test_read_objective_refuses_a_file_without_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(SloError, match="holds no mapping"):
        read_objective(path)


def test_load_objectives_prefers_the_repos_own_targets(
    repo: Path, set_targets: Callable[[object], None]
) -> None:
    set_targets({"sign-in": {"target": 0.99, "window": "28d"}})
    objectives = {o.name: o for o in load_objectives(repo / "slo")}
    assert (objectives["sign-in"].target, objectives["sign-in"].window) == (0.99, "28d")
    assert objectives["api-availability"].target == 0.999


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        ({"nobody": {"target": 0.9}}, "no objective called nobody"),
        ({"sign-in": {"target": 99.9}}, "between 0 and 1"),
        ({"sign-in": {"target": "high"}}, "between 0 and 1"),
    ],
)
def test_load_objectives_refuses_targets_that_mean_nothing(
    repo: Path, set_targets: Callable[[object], None], targets: object, reason: str
) -> None:
    set_targets(targets)
    with pytest.raises(SloError, match=reason):
        load_objectives(repo / "slo")


def test_queries_use_only_catalogued_metrics_and_labels(root: Path) -> None:
    catalogue = yaml.safe_load((root / "slo" / "metrics.yaml").read_text(encoding="utf-8"))
    for objective in load_objectives(root / "slo"):
        for query in (objective.events, objective.total):
            assert not _unknown(query, catalogue), objective.name


@pytest.mark.parametrize(
    "query",
    ["gateway_answers", 'gateway_answers_total{user="1"}', 'workers_job_seconds_bucket{le="30"}'],
)
def test_catalogue_check_notices_strangers(root: Path, query: str) -> None:
    catalogue = yaml.safe_load((root / "slo" / "metrics.yaml").read_text(encoding="utf-8"))
    assert _unknown(query, catalogue)


def test_latency_objectives_use_the_budgets_bound(root: Path) -> None:
    bound_s = load_budgets(root / "slo" / "budgets.yaml").p95 / 1000
    late = [
        o for o in load_objectives(root / "slo") if o.name in {"api-latency", "ask-first-token"}
    ]
    assert len(late) == 2
    assert all(o.bound_s == bound_s for o in late)


def test_bound_is_none_for_objectives_that_measure_no_time(objective: Objective) -> None:
    assert objective.bound_s is None


def test_every_alert_has_a_runbook_that_says_where_to_look_and_how_to_act(root: Path) -> None:
    for objective in load_objectives(root / "slo"):
        runbook = (root / "docs" / "runbooks" / f"{objective.alert}.md").read_text(encoding="utf-8")
        assert runbook.startswith(f"# {objective.alert}\n")
        assert {"## Look", "## Act"} <= set(runbook.splitlines())


def test_budget_is_what_the_target_leaves(objective: Objective) -> None:
    assert objective.budget == 0.001


def _unknown(query: str, catalogue: dict[str, dict[str, list[object]]]) -> list[str]:
    metric, _, selector = query.partition("{")
    name = metric if metric in catalogue else re.sub("_(bucket|count|sum)$", "", metric)
    entry = catalogue.get(name)
    if entry is None:
        return [metric]
    labels = dict(_LABEL.findall(selector))
    bound = labels.pop("le", None)
    unknown = [label for label in labels if label not in entry["labels"]]
    return unknown + ([f"le={bound}"] if bound and float(bound) not in entry["bounds"] else [])
