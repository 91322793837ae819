"""The compiled rules: names that dashboards know, ratios that survive silence, useful alerts."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from slo.__main__ import RULES
from slo.burn_rates import tiers_of
from slo.objectives import Objective, load_objectives
from slo.rules import compile_rules, error_ratio

# covers R-0602

MINUTES = 90


def _rules(objective: Objective) -> list[dict[str, Any]]:
    return [rule for group in compile_rules(objective)["groups"] for rule in group["rules"]]


def test_compile_rules_records_what_sloths_dashboards_read(objective: Objective) -> None:
    recorded = {rule["record"] for rule in _rules(objective) if "record" in rule}
    assert recorded == {
        *(
            f"slo:sli_error:ratio_rate{w}"
            for w in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
        ),
        "slo:objective:ratio",
        "slo:error_budget:ratio",
        "slo:time_period:days",
        "slo:current_burn_rate:ratio",
        "slo:period_burn_rate:ratio",
        "slo:period_error_budget_remaining:ratio",
        "sloth_slo_info",
    }


def test_compile_rules_labels_every_series(objective: Objective) -> None:
    own = {"sloth_id": "gateway-demo", "sloth_service": "gateway", "sloth_slo": "demo"}
    assert all(own.items() <= rule["labels"].items() for rule in _rules(objective))


def test_compile_rules_gives_one_alert_per_severity_with_its_runbook(objective: Objective) -> None:
    alerts = [rule for rule in _rules(objective) if "alert" in rule]
    assert [a["labels"]["severity"] for a in alerts] == ["page", "ticket"]
    assert {a["annotations"]["runbook"] for a in alerts} == {"docs/runbooks/DemoFails.md"}


def test_error_ratio_counts_an_absent_error_series_as_zero(objective: Objective) -> None:
    assert "or 0 * sum(rate(events_total[5m]))" in error_ratio(objective, "5m")


def test_error_ratio_of_good_events_is_the_rest(objective: Objective) -> None:
    ratio = error_ratio(replace(objective, events_are_bad=False), "5m")
    assert ratio.startswith("(sum(rate(events_total[5m])) - (sum(rate(events_total{")


def _fires(
    promtool: str, folder: Path, objective: Objective, series: dict[str, str], labels: list[str]
) -> None:
    """Let Prometheus evaluate the rules, and expect the page for these tenants ('' without)."""
    (folder / "rules.yaml").write_text(yaml.safe_dump(compile_rules(objective)), encoding="utf-8")
    alerts = [a for a in _rules(objective) if a.get("labels", {}).get("severity") == "page"]
    expected = [_expected(alerts[0], tenant) for tenant in labels]
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": s, "values": v} for s, v in series.items()],
                "alert_rule_test": [
                    {"eval_time": f"{MINUTES}m", "alertname": "DemoFails", "exp_alerts": expected}
                ],
            }
        ],
    }
    (folder / "test.json").write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(
        [promtool, "test", "rules", "test.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _expected(alert: dict[str, Any], tenant: str) -> dict[str, Any]:
    labels = alert["labels"] | ({"tenant_id": tenant} if tenant else {})
    annotations = {
        key: text.replace("{{ $labels.tenant_id }}", tenant)
        for key, text in alert["annotations"].items()
    }
    return {"exp_labels": labels, "exp_annotations": annotations}


def _series(outcome: str, per_minute: int, tenant: str = "") -> dict[str, str]:
    tenant_label = f', tenant_id="{tenant}"' if tenant else ""
    return {f'events_total{{outcome="{outcome}"{tenant_label}}}': f"0+{per_minute}x{MINUTES}"}


@pytest.fixture
def page_only(objective: Objective, monkeypatch: pytest.MonkeyPatch) -> Objective:
    """An objective with pages only: a ticket's windows are longer than the test's series."""
    pages = {"page": tiers_of(objective)["page"]}
    monkeypatch.setattr("slo.rules.tiers_of", lambda _objective: pages)
    return objective


def test_page_fires_when_two_percent_fail(
    promtool: str, tmp_path: Path, page_only: Objective
) -> None:
    series = _series("done", 98) | _series("error", 2)
    _fires(promtool, tmp_path, page_only, series, [""])


def test_page_is_silent_within_the_budget(
    promtool: str, tmp_path: Path, page_only: Objective
) -> None:
    series = _series("done", 9995) | _series("error", 5)
    _fires(promtool, tmp_path, page_only, series, [])


def test_page_is_silent_when_no_error_ever_happened(
    promtool: str, tmp_path: Path, page_only: Objective
) -> None:
    _fires(promtool, tmp_path, page_only, _series("done", 100), [])


def test_page_per_tenant_names_the_one_and_believes_no_handful(
    promtool: str, tmp_path: Path, page_only: Objective
) -> None:
    objective = replace(page_only, per="tenant_id", minimum_events=200)
    series = {
        **_series("done", 95, "ailing"),
        **_series("error", 5, "ailing"),
        **_series("done", 100, "healthy"),
        **_series("done", 1, "tiny"),
        **_series("error", 1, "tiny"),
    }
    _fires(promtool, tmp_path, objective, series, ["ailing"])


def test_prometheus_accepts_the_committed_rules(promtool: str, root: Path) -> None:
    files = sorted((root / RULES).glob("*.yaml"))
    assert len(files) == len(load_objectives(root / "slo"))
    done = subprocess.run(
        [promtool, "check", "rules", *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
