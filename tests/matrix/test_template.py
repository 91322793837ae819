"""The real template: every combination holds, and planted faults do not pass."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from matrix.report import Report

from airworthy import source
from matrix import equality, report
from matrix.run import Run
from matrix.settings import Settings


def looked(root: Path) -> Report:
    run = Run(Settings(root=root))
    try:
        run.static()
    finally:
        run.results.close()
    return run.report


# covers R-0114
def test_every_combination_holds() -> None:
    found = looked(source.locate().folder)

    assert found.is_green, report.table(found)
    assert found.skipped == {}
    assert found.counts["trees assembled"] == found.options.count >= 18_432


FAULTS = {
    "compose.yaml.jinja": "# {% if ui == 'none' and jobs == 'kafka' and ci == 'gitlab' %}\n} not yaml\n# {% endif %}\n",
    "README.md.jinja": "# {% if deploy == 'gcp' %}\n{{ nobody_defined_this }}\n# {% endif %}\n",
    "gateway/src/gateway/__main__.py": "\nfrom runtime.queues import kafka as _leaked  # noqa\n",
    "ui/src/app/features.ts": "\nexport const = 3;\n",
    "LICENSE.jinja": f"# {{% if inference == 'vllm' %}}\n{'{{ range(99999)|random }}' * 3}\n# {{% endif %}}\n",
}


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    with equality.plain(source.locate().folder) as folder:
        shutil.copytree(folder, tmp_path / "planted")
    for path, text in FAULTS.items():
        with (tmp_path / "planted/template" / path).open("a", encoding="utf-8") as file:
            file.write(text)
    questions = tmp_path / "planted/copier.yml"
    line = "  - \"{{ '/docs/security.md' if billing == 'nowhere' else '' }}\"\n"
    questions.write_text(questions.read_text(encoding="utf-8") + line, encoding="utf-8")
    return tmp_path / "planted"


def test_planted_faults_are_found_with_their_fewest_answers(planted: Path) -> None:
    found = looked(planted)

    shown = {(each.problem.check, each.problem.path): found.cases(each) for each in found.sorted()}
    expected: dict[tuple[str, str], list[dict[str, str]]] = {
        ("parsing", "compose.yaml"): [{"ui": "none", "jobs": "kafka", "ci": "gitlab"}],
        ("rendering", "README.md"): [{"deploy": "gcp"}],
        ("modules", "gateway/src/gateway/__main__.py"): [{"jobs": "postgres"}],
        ("parsing", "ui/src/app/features.ts"): [{"ui": "react"}],
        ("determinism", "LICENSE"): [{"inference": "vllm"}],
        ("exclusion", "copier.yml"): [{}],
    }
    # Where compose.yaml is no YAML, what it would define is missing too.
    assert {key: shown[key] for key in expected} == expected
