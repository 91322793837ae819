"""Whether a service exposes the metrics that ``slo/metrics.yaml`` says it does."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

Catalogue = Mapping[str, Mapping[str, Any]]


def read_catalogue(root: Path) -> Catalogue:
    """Return what the repo's objectives read, by metric."""
    catalogue: Catalogue = yaml.safe_load((root / "slo" / "metrics.yaml").read_text("utf-8"))
    return catalogue


def metric_faults(catalogue: Catalogue, service: str, exposed: str) -> list[str]:
    """Say what of the catalogue is missing or different in a service's ``/metrics``."""
    families = {family.name: family for family in text_string_to_metric_families(exposed)}
    return [
        f"{name}: {fault}"
        for name, listed in catalogue.items()
        if service in listed["from"]
        for fault in _faults(listed, families.get(name.removesuffix("_total")))
    ]


def _faults(listed: Mapping[str, Any], family: Metric | None) -> Iterator[str]:
    samples = [s for s in family.samples if not s.name.endswith("_created")] if family else []
    if family is None or not samples:
        yield "is not exposed"
        return
    if family.type != listed["type"]:
        yield f"is a {family.type}"
    # Prometheus itself adds the job when it scrapes.
    labels = {label for sample in samples for label in sample.labels} - {"le"} | {"job"}
    if labels != set(listed["labels"]):
        yield f"has the labels {sorted(labels)}"
    bounds = {float(s.labels["le"]) for s in samples if "le" in s.labels} - {float("inf")}
    if bounds != set(listed.get("bounds", ())):
        yield f"has the bounds {sorted(bounds)}"
