"""Whatever models/ newly allows is named, and needs a decision that came with it."""

# covers R-0504, R-0505, R-0506

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy.reach import read_version, widenings
from model_proxy.review import main
from runtime.product import root

BUDGETS = {
    "features": {"answer": {"tokens": 1000}, "default": {"tokens": 10}},
    "tenants": {"default": {"tokens": 100, "per": "hour"}},
}
MODEL: dict[str, Any] = {
    "name": "mine",
    "kind": "chat",
    "serves": ["answer"],
    "rank": 1,
    "stage": "candidate",
    "adapter": "openai_compatible",
    "provider": "mine",
    "upstream": "mine-1",
    "version": "1",
    "weights": "model.gguf",
    "environments": ["production"],
    "base_url": {"env": "MODEL_BASE_URL"},
    "region": "local",
    "retention_days": 0,
    "limits": {"context_tokens": 1000},
    "approved_by": "the tests",
}
GRANT: dict[str, Any] = {
    "use_cases": ["answer"],
    "providers": ["mine"],
    "regions": ["local"],
    "retention_days": 0,
    "sizes": ["large"],
    "reason": "for the tests",
}
DIGEST = "a" * 64


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(yaml.safe_dump(content))


@pytest.fixture
def base(models: Path, tmp_path: Path) -> Path:
    """An earlier version: the shipped files, and a model of our own."""
    for folder in ("registry.d", "policy.d"):
        (models / folder).mkdir()
    write(models / "registry.d", "mine.yaml", {"models": [MODEL]})
    write(models / "policy.d", "mine.yaml", {"grants": [GRANT]})
    write(models, "budgets.yaml", BUDGETS)
    write(models, "routing.yaml", {"quality": {"refusals": ["No"], "confidence": 0.5}})
    (models / "weights.sha256").write_text(f"{DIGEST}  model.gguf\n")
    shutil.copytree(models, tmp_path / "base")
    return tmp_path / "base"


def review(base: Path, models: Path) -> int:
    return main([str(base), "--models", str(models)])


def test_review_of_no_change_is_quiet(base: Path, models: Path, capsys: Any) -> None:
    assert review(base, models) == 0
    assert "nothing that it did not allow before" in capsys.readouterr().out


# Each of these is a planted widening that the review has to see.
@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"use_cases": ["answer", "general"]}, "use case general may go to mine in local, large"),
        ({"providers": ["mine", "other"]}, "use case answer may go to other in local, large"),
        ({"regions": ["local", "global"]}, "use case answer may go to mine in global, large"),
        ({"sizes": ["large", "small"]}, "use case answer may go to mine in local, small"),
        (
            {"retention_days": 30},
            "use case answer may go to mine in local, large models, days kept",
        ),
    ],
)
def test_review_names_a_wider_grant(
    base: Path, models: Path, capsys: Any, change: Any, line: str
) -> None:
    write(models / "policy.d", "mine.yaml", {"grants": [GRANT | change]})
    assert review(base, models) == 1
    assert f"NOT APPROVED  {line}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"stage": "stable"}, "model mine has stage (1 candidate, 2 canary, 3 stable): 3 (was 1)"),
        ({"upstream": "mine-2"}, "model mine is mine-2 version 1"),
        ({"version": "2"}, "model mine is mine-1 version 2"),
        ({"region": "global"}, "model mine is run by mine in global"),
        ({"retention_days": 7}, "model mine is kept by its provider, days: 7 (was 0)"),
        ({"prices": {"output": 3}}, "per million tokens written: 3 (was 0)"),
        ({"environments": ["production", "test"]}, "model mine is used in test"),
        ({"serves": ["answer", "draw"]}, "model mine answers for draw"),
        ({"weights": None}, "model mine is served without pinned weights"),
        ({"base_url": {"env": "OTHER_URL"}}, "model mine is at OTHER_URL"),
    ],
)
def test_review_names_a_wider_model(
    base: Path, models: Path, capsys: Any, change: Any, line: str
) -> None:
    write(models / "registry.d", "mine.yaml", {"models": [MODEL | change]})
    assert review(base, models) == 1
    assert line in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("budgets.yaml", {**BUDGETS, "features": {}}, "feature answer may use tokens a day: inf"),
        (
            "budgets.yaml",
            {**BUDGETS, "tenants": {"default": {"tokens": 100, "per": "minute"}}},
            "tenant default may use tokens a day: 144000 (was 2400)",
        ),
        ("routing.yaml", {"quality": {"refusals": [], "confidence": 0.5}}, "that begins 'No'"),
        ("routing.yaml", {"quality": {"refusals": ["No"], "confidence": 0}}, "doubt that"),
        (
            "routing.yaml",
            {
                "hedging": {"use_cases": {"chat": 800}},
                "quality": {"refusals": ["No"], "confidence": 0.5},
            },
            "is sent to a second model, and paid for twice: 1 (was 0)",
        ),
        (
            "routing.yaml",
            {"canary_percent": 50, "quality": {"refusals": ["No"], "confidence": 0.5}},
            "reach its canary: 50 (was 5)",
        ),
    ],
)
def test_review_names_wider_rules(
    base: Path, models: Path, capsys: Any, name: str, content: Any, line: str
) -> None:
    write(models, name, content)
    assert review(base, models) == 1
    assert line in capsys.readouterr().out


def test_review_names_other_weights(base: Path, models: Path, capsys: Any) -> None:
    (models / "weights.sha256").write_text(f"{'b' * 64}  model.gguf\n")
    assert review(base, models) == 1
    assert f"weights model.gguf are {'b' * 64}" in capsys.readouterr().out


def test_review_lets_what_is_narrower_pass(base: Path, models: Path) -> None:
    write(models / "registry.d", "mine.yaml", {"models": [MODEL | {"stage": "retired"}]})
    write(models / "policy.d", "mine.yaml", {"grants": []})
    write(models, "routing.yaml", {"quality": {"refusals": ["No", "Not"]}, "shadow_percent": 0})
    write(models, "budgets.yaml", {**BUDGETS, "features": {"default": {"tokens": 1}}})
    changes = widenings(read_version(base), read_version(models))
    assert list(changes) == ["doubt that an answer may show and be handed on"]


def approve(folder: Path, change: str) -> None:
    entry = {"change": change, "approved_by": "somebody", "reason": "for the tests"}
    write(folder, "approvals.yaml", {"approvals": [entry]})


def test_review_takes_a_decision_that_came_with_the_change(
    base: Path, models: Path, capsys: Any
) -> None:
    write(models / "registry.d", "mine.yaml", {"models": [MODEL | {"retention_days": 7}]})
    change = "model mine is kept by its provider, days: 7"
    approve(models, change)
    assert review(base, models) == 0
    assert f"approved      {change}" in capsys.readouterr().out
    approve(base, change)
    assert review(base, models) == 1


def test_review_compares_with_a_git_revision(base: Path, models: Path, capsys: Any) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", "-C", models.parent, *who, *arguments], check=True)

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    git("add", "models")
    git("commit", "--quiet", "--message", "models")
    assert main(["HEAD", "--models", str(models)]) == 0
    write(models / "policy.d", "mine.yaml", {"grants": [GRANT | {"regions": ["global"]}]})
    assert main(["HEAD", "--models", str(models)]) == 1
    assert main(["HEAD^", "--models", str(models)]) == 0
    assert "no earlier version" in capsys.readouterr().out


@pytest.mark.parametrize(("revision", "code"), [("0" * 40, 0), ("nowhere", 2), ("", 2), ("-x", 2)])
def test_review_says_when_there_is_nothing_to_compare_with(
    base: Path, models: Path, revision: str, code: int
) -> None:
    subprocess.run(["git", "-C", models.parent, "init", "--quiet"], check=True)
    assert main([f"--models={models}", "--", revision]) == code


def test_ci_runs_the_review() -> None:
    files = [root() / ".github/workflows/ci.yml", root() / ".gitlab/ci/verify.yml"]
    texts = [file.read_text() for file in files if file.exists()]
    assert texts
    assert all("make review" in text for text in texts)
