import re
from typing import Any

import pytest
import yaml

SCHEMA = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")


@pytest.fixture(scope="session")
def jobs(root) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in (root / ".gitlab/ci").glob("*.yml"):
        found |= yaml.safe_load(path.read_text())
    return {name: job for name, job in found.items() if not name.startswith(".")}


def test_pipelines_are_tidy(untidy):
    assert untidy(".gitlab-ci.yml", ".gitlab") == []


def test_pipelines_follow_the_schema(root, lint):
    files = [root / ".gitlab-ci.yml", *sorted((root / ".gitlab/ci").glob("*.yml"))]
    result = lint("check-jsonschema", *SCHEMA, *files)
    assert result.returncode == 0, result.stdout


def test_schema_sees_a_misspelt_key(tmp_path, lint):
    (tmp_path / "ci.yml").write_text("test: {scripts: [make test]}\n")
    assert lint("check-jsonschema", *SCHEMA, tmp_path / "ci.yml").returncode == 1


def test_update_bot_follows_the_schema(root, lint):
    result = lint("check-jsonschema", "--builtin-schema", "vendor.renovate", root / "renovate.json")
    assert result.returncode == 0, result.stdout


def test_jobs_name_a_known_stage(root, jobs):
    stages = yaml.safe_load((root / ".gitlab-ci.yml").read_text())["stages"]
    assert {job["stage"] for job in jobs.values()} <= set(stages)


def test_gate_waits_for_check_test_and_images(jobs):
    assert set(jobs["gate"]["needs"]) == {"check", "test", "images"}
    assert set(jobs["gate"]["needs"]) <= set(jobs)


def test_deployment_waits_for_a_person_and_one_at_a_time(jobs):
    deploy = jobs["deploy"]
    assert deploy["needs"] == ["release-images"]
    assert deploy["resource_group"] == "production"
    assert deploy["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", "when": "manual"}]


def test_scripts_of_jobs_exist(root):
    for path in (root / ".gitlab/ci").glob("*.yml"):
        for script in re.findall(r"infra/[\w/.-]+\.sh", path.read_text()):
            assert (root / script).exists(), script
