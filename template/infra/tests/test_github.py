import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.fixture(scope="session")
def workflows(root) -> dict[str, dict[Any, Any]]:
    return {
        path.name: yaml.safe_load(path.read_text())
        for path in sorted((root / ".github/workflows").glob("*.yml"))
    }


def unpinned(text: str) -> list[str]:
    """The lines that use an action by a name that may move."""
    lines = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]
    return [line for line in lines if not PINNED.fullmatch(line)]


def loose_grants(workflow: dict[Any, Any]) -> list[str]:
    """The jobs that get more than they name, or a token that may do anything."""
    jobs = workflow["jobs"].items()
    loose = [name for name, job in jobs if not isinstance(job.get("permissions"), dict)]
    return loose if workflow.get("permissions") == {} else [*loose, "workflow"]


def test_workflows_are_tidy(untidy):
    assert untidy(".github") == []


def test_workflows_follow_the_schema(root, lint):
    files = sorted((root / ".github/workflows").glob("*.yml"))
    result = lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    assert result.returncode == 0, result.stdout


def test_update_bot_follows_the_schema(root, lint):
    file = root / ".github/dependabot.yml"
    result = lint("check-jsonschema", "--builtin-schema", "vendor.dependabot", file)
    assert result.returncode == 0, result.stdout


def test_schema_sees_a_job_without_a_machine(tmp_path, lint):
    (tmp_path / "ci.yml").write_text("on: push\njobs: {a: {steps: [{run: ls}]}}\n")
    result = lint(
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", tmp_path / "ci.yml"
    )
    assert result.returncode == 1


# covers R-0502
def test_zizmor_finds_nothing(root, lint):
    result = lint("zizmor", "--offline", "--no-progress", root / ".github")
    assert result.returncode == 0, result.stdout


def test_zizmor_sees_a_script_injection(tmp_path, lint):
    (tmp_path / "ci.yml").write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n"
    )
    assert lint("zizmor", "--offline", "--no-progress", tmp_path / "ci.yml").returncode > 0


def test_actions_are_pinned_by_commit(root):
    for path in (root / ".github").rglob("*.yml"):
        assert unpinned(path.read_text()) == [], path


@pytest.mark.parametrize(
    "reference",
    [
        "actions/checkout@v7",
        f"actions/checkout@{'a' * 40}",
        f"actions/checkout@{'a' * 12} # v7.0.1",
    ],
)
def test_pin_gate_sees_a_name_that_may_move(reference):
    assert unpinned(f"- uses: {reference}") == [f"uses: {reference}"]


def test_jobs_get_only_what_they_name(workflows):
    assert [name for name, workflow in workflows.items() if loose_grants(workflow)] == []


def test_grant_gate_sees_a_loose_job():
    assert loose_grants({"permissions": {}, "jobs": {"a": {}}}) == ["a"]
    assert loose_grants({"jobs": {"a": {"permissions": {}}}}) == ["workflow"]


def test_checkouts_leave_no_credentials_behind(workflows):
    steps = [
        step for w in workflows.values() for job in w["jobs"].values() for step in job["steps"]
    ]
    checkouts = [step for step in steps if "actions/checkout@" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


# covers R-0511
def test_gate_waits_for_every_job_and_runs_in_the_merge_queue(workflows):
    ci = workflows["ci.yml"]
    assert "merge_group" in ci[True]  # YAML reads "on" as true
    gate = ci["jobs"]["gate"]
    assert gate["if"] == "always()"
    assert set(gate["needs"]) == set(ci["jobs"]) - {"gate"}


def test_deployment_waits_for_the_build_and_names_its_environment(workflows):
    deployments = [name for name in workflows if name.startswith("deploy-")]
    assert len(deployments) == 1
    deploy = workflows[deployments[0]]["jobs"]["deploy"]
    assert deploy["needs"] == "images"
    assert deploy["environment"] == "production"


def test_scripts_of_workflows_exist(root, workflows):
    for path in (root / ".github/workflows").glob("*.yml"):
        for script in re.findall(r"infra/[\w/.-]+\.sh", path.read_text()):
            assert (Path(root) / script).exists(), script
