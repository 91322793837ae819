"""Prometheus computes the model proxy's dials from what the proxy counts."""

# covers R-0606, R-0603

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

FILE = Path("infra/observability/prometheus/recordings/model-proxy.yaml")
DAY_MINUTES = 24 * 60
Expect = Callable[..., subprocess.CompletedProcess[str]]


def series(name: str, per_minute: float, **labels: str) -> dict[str, str]:
    named = {"job": "model-proxy", "gen_ai_request_model": "m", **labels}
    told = ", ".join(f'{label}="{value}"' for label, value in named.items())
    return {"series": f"{name}{{{told}}}", "values": f"0+{per_minute}x{DAY_MINUTES}"}


# Per minute: 10 answers, of which 1 fails, 1 is left and 4 are remembered; 100 tokens; 2 dollars.
COUNTED = [
    series("model_proxy_answers_total", 4, outcome="ok", cache="miss"),
    series("model_proxy_answers_total", 4, outcome="ok", cache="hit"),
    series("model_proxy_answers_total", 1, outcome="upstream_failed", cache="miss"),
    series("model_proxy_answers_total", 1, outcome="cancelled", cache="miss"),
    series("model_proxy_finishes_total", 6, finish_reason="stop"),
    series("model_proxy_finishes_total", 2, finish_reason="length"),
    series("model_proxy_tokens_total", 90, gen_ai_token_type="input", tenant_id="a"),
    series("model_proxy_tokens_total", 10, gen_ai_token_type="output", tenant_id="a"),
    series("model_proxy_cost_usd_total", 2, tenant_id="a"),
    *(
        series(f"gen_ai_client_operation_{name}_seconds_bucket", per_minute, le=bound)
        for name in ("duration", "time_to_first_chunk")
        for bound, per_minute in (("0.5", 2), ("1", 9), ("+Inf", 10))
    ),
]
DIALS = {
    "model:duration_seconds:p95_rate5m": 1,
    "model:time_to_first_chunk_seconds:p95_rate5m": 1,
    "model:whole_answers:ratio_rate1h": 0.75,
    "model:errors:ratio_rate5m": 0.1,
    "model:remembered:ratio_rate1h": 0.4,
    "model:cost_usd_per_success:ratio_increase1d": 0.25,
    "model:tokens_per_success:ratio_increase1d": 12.5,
}


@pytest.fixture
def expect(promtool: str, root: Path, tmp_path: Path) -> Expect:
    """Let Prometheus evaluate the rules over a day of these series, and compare."""
    shutil.copy(root / FILE, tmp_path / "rules.yaml")

    def run(expected: dict[str, float], given: list[dict[str, str]], labels: str) -> Any:
        tests = [
            {
                # Rounded, because releases differ in the last bit of a rate.
                "expr": f"round({record}, 0.0001)",
                "eval_time": f"{DAY_MINUTES}m",
                "exp_samples": [{"labels": labels, "value": value}],
            }
            for record, value in expected.items()
        ]
        content = {
            "rule_files": ["rules.yaml"],
            "evaluation_interval": "1m",
            "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": tests}],
        }
        (tmp_path / "test.json").write_text(json.dumps(content), encoding="utf-8")
        command = [promtool, "test", "rules", "test.json"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_dials_are_what_was_counted(expect: Expect) -> None:
    done = expect(DIALS, COUNTED, '{gen_ai_request_model="m"}')
    assert done.returncode == 0, done.stdout + done.stderr


def test_money_is_told_by_tenant(expect: Expect) -> None:
    done = expect({"tenant:model_cost_usd:increase1d": 2 * DAY_MINUTES}, COUNTED, '{tenant_id="a"}')
    assert done.returncode == 0, done.stdout + done.stderr


def test_ratios_are_zero_where_nothing_of_the_kind_happened(expect: Expect) -> None:
    given = [
        series("model_proxy_answers_total", 4, outcome="ok", cache="miss"),
        series("model_proxy_finishes_total", 4, finish_reason="length"),
    ]
    records = ("whole_answers:ratio_rate1h", "errors:ratio_rate5m", "remembered:ratio_rate1h")
    zeros = {f"model:{record}": 0.0 for record in records}
    done = expect(zeros, given, '{gen_ai_request_model="m"}')
    assert done.returncode == 0, done.stdout + done.stderr


def test_evaluation_fails_on_another_figure(expect: Expect) -> None:
    wrong = {"model:errors:ratio_rate5m": 0.2}
    assert expect(wrong, COUNTED, '{gen_ai_request_model="m"}').returncode == 1


def test_every_recording_is_evaluated_here(root: Path) -> None:
    groups = yaml.safe_load((root / FILE).read_text(encoding="utf-8"))["groups"]
    written = {rule["record"] for group in groups for rule in group["rules"]}
    assert written == {*DIALS, "tenant:model_cost_usd:increase1d"}
