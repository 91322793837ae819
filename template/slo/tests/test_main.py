"""``python -m slo`` writes the rules, and notices when the committed ones aren't the compiler's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slo.__main__ import RULES, main

# covers R-0602


def test_committed_rules_equal_the_compilers_output(root: Path) -> None:
    assert main(["--root", str(root), "--check"]) == 0


def test_check_fails_on_an_edited_rule(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = repo / RULES / "sign-in.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("14.4", "99"), encoding="utf-8")
    assert main(["--root", str(repo), "--check"]) == 1
    assert "differs: infra/observability/prometheus/rules/sign-in.yaml" in capsys.readouterr().out


def test_check_fails_on_a_changed_target(repo: Path, set_targets: Callable[[object], None]) -> None:
    set_targets({"sign-in": {"target": 0.99}})
    assert main(["--root", str(repo), "--check"]) == 1


def test_main_writes_removes_and_is_then_content(repo: Path) -> None:
    (repo / "slo" / "objectives" / "sign-in.yaml").unlink()
    (repo / RULES / "ingestion.yaml").unlink()
    assert main(["--root", str(repo)]) == 0
    assert not (repo / RULES / "sign-in.yaml").exists()
    assert (repo / RULES / "ingestion.yaml").exists()
    assert main(["--root", str(repo), "--check"]) == 0


def test_main_says_in_one_sentence_what_is_wrong(
    edit: Callable[[str, str, str], Path], repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("sign-in", "target: 0.999", "target: 0.9")
    assert main(["--root", str(repo)]) == 2
    assert "sign-in: 14.4 * 0.1 is an error rate of 1 or more" in capsys.readouterr().err
