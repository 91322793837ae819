"""Prometheus rules for an objective, under the metric names that Sloth's dashboards read (https://sloth.dev)."""

from collections.abc import Iterable, Mapping
from typing import Any

from slo.burn_rates import Tier, tiers_of
from slo.objectives import Objective

Rule = dict[str, Any]

_SECONDS = {"m": 60, "h": 3600, "d": 86400}


def compile_rules(objective: Objective) -> dict[str, Any]:
    """Return the content of a rule file: recordings of the ratio, of the budget, and the alerts.

    Raises:
        SloError: the objective can't be alerted on.
    """
    tiers = tiers_of(objective)
    parts = {
        "sli": _ratios(objective, tiers),
        "budget": _budget(objective),
        "alerts": [_alert(objective, severity, pairs) for severity, pairs in tiers.items()],
    }
    return {"groups": [{"name": f"slo-{objective.name}-{n}", "rules": r} for n, r in parts.items()]}


def labels_of(objective: Objective) -> dict[str, str]:
    """Return the labels that every series of an objective carries."""
    return {
        "sloth_id": f"{objective.service}-{objective.name}",
        "sloth_service": objective.service,
        "sloth_slo": objective.name,
    }


def error_ratio(objective: Objective, window: str) -> str:
    """Return the PromQL of the share of bad events.

    A series of bad events that never happened doesn't exist: it counts as zero where there is
    traffic.
    """
    total, events = (_rate(objective, s, window) for s in (objective.total, objective.events))
    counted = f"({events} or 0 * {total})"
    bad = counted if objective.events_are_bad else f"({total} - {counted})"
    return f"{bad}\n/\n({total} > 0)\n"


def _rate(objective: Objective, selector: str, window: str) -> str:
    return f"sum{_by(objective)}(rate({selector}[{window}]))"


def _by(objective: Objective) -> str:
    return f" by ({objective.per}) " if objective.per else ""


def _ratios(objective: Objective, tiers: Mapping[str, Iterable[Tier]]) -> list[Rule]:
    pairs = [tier for by_severity in tiers.values() for tier in by_severity]
    windows = sorted({w for t in pairs for w in (t.long, t.short)}, key=_seconds)
    rules = [
        _record(
            f"slo:sli_error:ratio_rate{w}", error_ratio(objective, w), objective, sloth_window=w
        )
        for w in windows
    ]
    # A rate over the whole window would read a month of raw samples; the recorded ratio is cheap.
    base = f"{_series(objective, 'slo:sli_error:ratio_rate5m')}[{objective.window}]"
    whole = f"sum_over_time({base})\n/ ignoring (sloth_window)\ncount_over_time({base})\n"
    name = f"slo:sli_error:ratio_rate{objective.window}"
    return [*rules, _record(name, whole, objective, sloth_window=objective.window)]


def _budget(objective: Objective) -> list[Rule]:
    budget = _series(objective, "slo:error_budget:ratio")
    join = "/ on (sloth_id, sloth_slo, sloth_service) group_left"
    now = _series(objective, "slo:sli_error:ratio_rate5m")
    whole = _series(objective, f"slo:sli_error:ratio_rate{objective.window}")
    period = _series(objective, "slo:period_burn_rate:ratio")
    return [
        _record("slo:objective:ratio", f"vector({objective.target})", objective),
        _record("slo:error_budget:ratio", f"vector({objective.budget})", objective),
        _record(
            "slo:time_period:days", f"vector({_seconds(objective.window) // 86400})", objective
        ),
        _record("slo:current_burn_rate:ratio", f"{now}\n{join}\n{budget}\n", objective),
        _record("slo:period_burn_rate:ratio", f"{whole}\n{join}\n{budget}\n", objective),
        _record("slo:period_error_budget_remaining:ratio", f"1 - {period}", objective),
        _record("sloth_slo_info", "vector(1)", objective, sloth_spec="openslo/v1"),
    ]


def _alert(objective: Objective, severity: str, tiers: Iterable[Tier]) -> Rule:
    conditions = [_condition(objective, tier) for tier in tiers]
    of_whom = f" for {objective.per} {{{{ $labels.{objective.per} }}}}" if objective.per else ""
    return {
        "alert": objective.alert,
        "expr": "or\n".join(conditions),
        "labels": {**labels_of(objective), "sloth_severity": severity, "severity": severity},
        "annotations": {
            "summary": f"{objective.title}: the error budget burns too fast{of_whom}",
            "description": objective.description,
            "runbook": f"docs/runbooks/{objective.alert}.md",
        },
    }


def _condition(objective: Objective, tier: Tier) -> str:
    limit = f"({tier.burn:g} * {objective.budget:g})"
    series = [_series(objective, f"slo:sli_error:ratio_rate{w}") for w in (tier.short, tier.long)]
    # Without the window's label an alert stays the same while it moves between window pairs.
    short, long = (f"max without (sloth_window) ({one} > {limit})" for one in series)
    lines = [short, f"and {long}"]
    if objective.minimum_events:
        events = f"sum{_by(objective)}(increase({objective.total}[{tier.long}]))"
        lines.append(f"and on ({objective.per}) ({events} >= {objective.minimum_events})")
    return "(\n" + "".join(f"  {line}\n" for line in lines) + ")\n"


def _series(objective: Objective, metric: str) -> str:
    pairs = ", ".join(f'{name}="{value}"' for name, value in labels_of(objective).items())
    return f"{metric}{{{pairs}}}"


def _record(name: str, expression: str, objective: Objective, **labels: str) -> Rule:
    return {"record": name, "expr": expression, "labels": {**labels_of(objective), **labels}}


def _seconds(window: str) -> int:
    return int(window[:-1]) * _SECONDS[window[-1]]
