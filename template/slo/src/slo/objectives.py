"""Service level objectives: OpenSLO v1 files (https://openslo.com) and the repo's own targets."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

_BOUND = re.compile(r'\ble="([0-9.]+)"')


class SloError(Exception):
    """An objective can't be used; the message names the file and what to change."""

    code = "slo"


@dataclass(frozen=True)
class Objective:
    """One objective over a rolling window.

    Attributes:
        events: selector of the counter of good or bad events; ``events_are_bad`` says which.
        total: selector of the counter of all events.
        target: least share of good events, between 0 and 1.
        window: Prometheus duration such as ``30d``.
        alert: name of its alerts and of its runbook.
        per: label whose values each have a budget of their own; empty for one budget.
        minimum_events: fewer events in an alert's long window fire nothing.
    """

    name: str
    title: str
    description: str
    service: str
    events: str
    events_are_bad: bool
    total: str
    target: float
    window: str
    alert: str
    per: str = ""
    minimum_events: int = 0

    @property
    def budget(self) -> float:
        """The share of events that may be bad."""
        return round(1 - self.target, 9)

    @property
    def bound_s(self) -> float | None:
        """The seconds within which an event is good; None for objectives that measure no time."""
        bound = _BOUND.search(self.events)
        return float(bound[1]) if bound else None


def load_objectives(folder: Path) -> list[Objective]:
    """Return the objectives of ``folder/objectives``, with ``folder/targets`` applied.

    Raises:
        SloError: a file is no supported OpenSLO document, or a target names no objective.
    """
    found = {o.name: o for o in map(read_objective, sorted((folder / "objectives").glob("*.yaml")))}
    path = folder / "targets" / "targets.yaml"
    for name, own in (_read(path).get("targets") or {}).items():
        if name not in found:
            raise SloError(f"{path}: there is no objective called {name}.")
        found[name] = _with_target(path, found[name], own)
    return list(found.values())


def read_objective(path: Path) -> Objective:
    """Return the objective of one file; its name is the file's."""
    document = _read(path)
    for error in sorted(_validator().iter_errors(document), key=lambda e: e.json_path):
        raise SloError(f"{path}: {error.json_path}: {error.message}")
    metadata, spec = document["metadata"], document["spec"]
    if metadata["name"] != path.stem:
        raise SloError(f"{path} holds an objective called {metadata['name']}: rename one of them.")
    return _objective(metadata, spec)


def _objective(metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> Objective:
    ratio, notes = spec["indicator"]["spec"]["ratioMetric"], metadata["annotations"]
    return Objective(
        name=metadata["name"],
        title=metadata["displayName"],
        description=spec["description"],
        service=spec["service"],
        events=_query(ratio["bad"] if "bad" in ratio else ratio["good"]),
        events_are_bad="bad" in ratio,
        total=_query(ratio["total"]),
        target=spec["objectives"][0]["target"],
        window=spec["timeWindow"][0]["duration"],
        alert=notes["alert"],
        per=notes.get("per", ""),
        minimum_events=int(notes.get("minimum-events", 0)),
    )


def _with_target(path: Path, objective: Objective, own: Mapping[str, Any]) -> Objective:
    target = own.get("target", objective.target)
    if not isinstance(target, float) or not 0 < target < 1:
        raise SloError(f"{path}: {objective.name}: a target lies between 0 and 1, not {target}.")
    return replace(objective, target=target, window=own.get("window", objective.window))


def _query(metric: Mapping[str, Any]) -> str:
    query: str = metric["metricSource"]["spec"]["query"]
    return query


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SloError(f"{path} can't be read: {error}") from error
    if not isinstance(data, dict):
        raise SloError(f"{path} holds no mapping.")
    return data


@cache
def _validator() -> Draft202012Validator:
    text = files("slo").joinpath("openslo.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
