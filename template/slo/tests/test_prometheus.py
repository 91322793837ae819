"""Prometheus scrapes every service of the catalogue and loads every rule. covers R-0602."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path("infra/observability/prometheus")


@pytest.fixture
def check(promtool: str) -> Callable[[Path], int]:
    """Let Prometheus' own checker read a configuration and its rules."""

    def run(folder: Path) -> int:
        command = [promtool, "check", "config", str(folder / "prometheus.yml")]
        return subprocess.run(command, capture_output=True, check=False).returncode

    return run


def read(root: Path) -> Any:
    return yaml.safe_load((root / FOLDER / "prometheus.yml").read_text(encoding="utf-8"))


def test_prometheus_scrapes_each_service_under_the_catalogues_name(root: Path) -> None:
    catalogue = yaml.safe_load((root / "slo" / "metrics.yaml").read_text(encoding="utf-8"))
    services = {service for listed in catalogue.values() for service in listed["from"]}
    assert {scrape["job_name"] for scrape in read(root)["scrape_configs"]} == services


def test_prometheus_loads_the_folders_of_the_rules(root: Path) -> None:
    loaded = {p for pattern in read(root)["rule_files"] for p in (root / FOLDER).glob(pattern)}
    written = {p for name in ("rules", "recordings") for p in (root / FOLDER / name).iterdir()}
    assert loaded == written


def test_prometheus_accepts_configuration_and_rules(
    root: Path, check: Callable[[Path], int]
) -> None:
    assert check(root / FOLDER) == 0


def test_promtool_refuses_a_broken_rule(
    root: Path, tmp_path: Path, check: Callable[[Path], int]
) -> None:
    folder = shutil.copytree(root / FOLDER, tmp_path / "prometheus")
    (folder / "rules" / "broken.yaml").write_text("groups: [{name: a, rules: [{expr: '('}]}]")
    assert check(folder) == 1
