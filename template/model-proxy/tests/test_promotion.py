"""A model rises with a passing report about itself, and comes down at a word."""

# covers R-0504, R-0505

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from devstack.products import write_product
from model_proxy.approvals import load_promotions
from model_proxy.promotion import main
from model_proxy.registry import load_registry
from model_proxy.review import main as review
from runtime.prompts import load_prompts

SAMPLE = '{"id": "test-1", "input": "How long?", "target": "30 days."}\n'
MODEL = """\
models:
  # A comment that has to survive.
  - name: mine
    kind: chat
    serves: [answer]
    rank: 1
    stage: candidate # by hand until now
    adapter: openai_compatible
    provider: mine
    upstream: mine-1
    version: "1"
    region: local
    retention_days: 0
    limits: {context_tokens: 1000}
    approved_by: the tests
"""


@pytest.fixture
def product(tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a promotion reads, with a candidate of our own."""
    write_product(tmp_path)
    (tmp_path / "evals/holdout").mkdir(parents=True)
    (tmp_path / "evals/holdout/test.jsonl").write_text(SAMPLE)
    (models / "registry.d").mkdir()
    (models / "registry.d/mine.yaml").write_text(MODEL)
    monkeypatch.setenv("PRODUCT_FILE", str(tmp_path / "product.toml"))
    return tmp_path


@pytest.fixture
def report(product: Path) -> Any:
    """Write a holdout report as the evaluations do; keywords win."""
    samples = product / "evals/holdout/test.jsonl"
    prompts = load_prompts(product / "prompts/test")
    facts = {
        "model": "mine-1",
        "samples_sha256": hashlib.sha256(samples.read_bytes()).hexdigest(),
        **{f"prompt_{name}": prompt.hash for name, prompt in prompts.items()},
    }

    def write(passed: int = 10, **given: Any) -> None:
        families = [{"name": "facts", "passed": passed, "total": 10, "needed": 0.9, "ok": True}]
        content = {"suite": "holdout", "ok": True, "facts": facts, "families": families, **given}
        if "told" in given:
            content["facts"] = facts | content.pop("told")
        path = product / "evals/reports/holdout.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))

    return write


def stage(product: Path) -> str:
    return load_registry(product / "models").models["mine"].stage


def raise_to(wanted: str, *more: str) -> int:
    return main(["mine", wanted, "--approved-by", "somebody", *more])


def test_promotion_raises_a_model_whose_report_passed_and_records_it(
    product: Path, report: Any
) -> None:
    report()
    assert raise_to("canary") == 0
    assert stage(product) == "canary"
    assert (
        "stage: canary # by hand until now" in (product / "models/registry.d/mine.yaml").read_text()
    )
    (record,) = load_promotions(product / "models")
    assert (record.model, record.stage, record.approved_by) == ("mine", "canary", "somebody")
    assert record.families == {"facts": 1.0}
    assert raise_to("stable") == 0
    assert stage(product) == "stable"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ok": False}, "no passing report"),
        ({"suite": "golden"}, "no passing report"),
        ({"told": {"model": "another-1"}}, "another model"),
        ({"told": {"samples_sha256": "0" * 64}}, "another holdout set"),
        ({"told": {"prompt_answer": "0" * 64}}, "another prompt answer"),
        ({"families": "none"}, "can't be read"),
    ],
)
def test_promotion_refuses_a_report_that_proves_nothing(
    product: Path, report: Any, capsys: Any, given: Any, said: str
) -> None:
    report(**given)
    assert raise_to("canary") == 1
    assert said in capsys.readouterr().err
    assert stage(product) == "candidate"
    assert load_promotions(product / "models") == []


def test_promotion_refuses_without_a_report(product: Path, capsys: Any) -> None:
    assert raise_to("canary") == 1
    assert "python -m evals holdout" in capsys.readouterr().err


def test_promotion_refuses_to_skip_a_stage(product: Path, report: Any, capsys: Any) -> None:
    report()
    assert raise_to("stable") == 1
    assert "the next stage is canary" in capsys.readouterr().err


def test_promotion_needs_somebody_who_decides(product: Path, report: Any) -> None:
    report()
    assert main(["mine", "canary"]) == 1
    assert main(["nobody", "canary", "--approved-by", "somebody"]) == 1


def test_promotion_refuses_what_is_worse_than_the_stable_model(
    product: Path, report: Any, capsys: Any
) -> None:
    report()
    assert raise_to("canary") == raise_to("stable") == 0
    other = MODEL.replace("name: mine", "name: next").replace("mine-1", "next-1")
    (product / "models/registry.d/next.yaml").write_text(other)
    report(passed=9, told={"model": "next-1"})
    assert main(["next", "canary", "--approved-by", "somebody"]) == 1
    assert "worse than the stable model: facts 90%, was 100%" in capsys.readouterr().err


def test_rollback_needs_no_report(product: Path, report: Any) -> None:
    report()
    raise_to("canary")
    (product / "evals/reports/holdout.json").unlink()
    assert main(["mine", "candidate"]) == 0
    assert main(["mine", "retired"]) == 0
    assert stage(product) == "retired"


def test_review_takes_a_promotion_for_a_decision_and_a_hand_edit_for_none(
    product: Path, report: Any, tmp_path: Path
) -> None:
    shutil.copytree(product / "models", tmp_path / "before")
    report()
    raise_to("canary")
    models = product / "models"
    assert review([str(tmp_path / "before"), "--models", str(models)]) == 0
    (models / "promotions.yaml").unlink()
    assert review([str(tmp_path / "before"), "--models", str(models)]) == 1
