"""The check that services expose what objectives read notices each kind of drift. covers R-0602."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from devstack.metrics import metric_faults, read_catalogue
from runtime.product import root

CATALOGUE: dict[str, dict[str, Any]] = {
    "asked_total": {"type": "counter", "from": ["a"], "labels": ["job", "outcome"]},
    "took_seconds": {"type": "histogram", "from": ["a"], "labels": ["job"], "bounds": [1, 10]},
}


def expose(asked: str = "asked", label: str = "outcome", bounds: tuple[int, ...] = (1, 10)) -> str:
    registry = CollectorRegistry()
    Counter(asked, "Asked", [label], registry=registry).labels("done").inc()
    Histogram("took_seconds", "Took", buckets=bounds, registry=registry).observe(1)
    return generate_latest(registry).decode()


def test_metric_faults_are_none_when_all_is_exposed_or_anothers() -> None:
    assert metric_faults(CATALOGUE, "a", expose()) == []
    assert metric_faults(CATALOGUE, "b", "") == []


@pytest.mark.parametrize(
    ("exposed", "fault"),
    [
        (expose(asked="questions"), "asked_total: is not exposed"),
        (expose(label="result"), "asked_total: has the labels ['job', 'result']"),
        (expose(bounds=(1, 5)), "took_seconds: has the bounds [1.0, 5.0]"),
    ],
)
def test_metric_faults_name_what_was_renamed_or_moved(exposed: str, fault: str) -> None:
    assert metric_faults(CATALOGUE, "a", exposed) == [fault]


def test_metric_faults_see_another_type() -> None:
    registry = CollectorRegistry()
    Counter("took_seconds", "Took", registry=registry).inc()
    listed = {"took_seconds": CATALOGUE["took_seconds"] | {"bounds": []}}
    faults = metric_faults(listed, "a", generate_latest(registry).decode())
    assert faults == ["took_seconds: is a counter"]


def test_catalogue_names_only_services_whose_tests_use_the_check() -> None:
    services = {service for listed in read_catalogue(root()).values() for service in listed["from"]}
    for service in services:
        test = root() / service / "tests" / "test_metrics.py"
        assert f'metric_faults(catalogue, "{service}"' in test.read_text("utf-8")
