"""What the tests share: the repo, a copy of it to break on purpose, and promtool."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slo.objectives import Objective

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root() -> Path:
    """The repo."""
    return ROOT


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A copy of what the compiler reads and writes."""
    for part in ("slo/objectives", "slo/targets", "infra/observability/prometheus/rules"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


@pytest.fixture
def edit(repo: Path) -> Callable[[str, str, str], Path]:
    """Replace a piece of an objective's text, and insist that it was there."""

    def replace(name: str, old: str, new: str) -> Path:
        path = repo / "slo" / "objectives" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return replace


@pytest.fixture
def set_targets(repo: Path) -> Callable[[object], None]:
    """Write the repo's own targets."""

    def write(targets: object) -> None:
        path = repo / "slo" / "targets" / "targets.yaml"
        path.write_text(yaml.safe_dump({"targets": targets}), encoding="utf-8")

    return write


@pytest.fixture
def objective() -> Objective:
    """An objective with a three-nines target."""
    return Objective(
        name="demo",
        title="Demo works",
        description="Of all events, the good ones.",
        service="gateway",
        events='events_total{outcome="error"}',
        events_are_bad=True,
        total="events_total",
        target=0.999,
        window="30d",
        alert="DemoFails",
    )


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own checker."""
    found = shutil.which("promtool")
    if not found:
        pytest.skip("promtool is not installed, so Prometheus itself has not read the rules")
    return found
