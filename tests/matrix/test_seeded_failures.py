"""Each kind of fault, planted: it is found, in the right place, with the fewest answers that show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.matrix.conftest import Look

    from matrix.report import Report


@dataclass(frozen=True)
class Seed:
    """Text to put in place of other text, and what must be said about it."""

    name: str
    file: str
    old: str
    new: str
    check: str
    path: str
    text: str
    answers: list[dict[str, str]] = field(default_factory=lambda: [{}])


KAFKA, POSTGRES = {"jobs": "kafka"}, {"jobs": "postgres"}
GITHUB, GITLAB = {"ci": "github"}, {"ci": "gitlab"}
WITH_UI, WITHOUT_UI = {"ui": "react"}, {"ui": "none"}
NARROW = "# {% if ui == 'none' and jobs == 'kafka' and ci == 'gitlab' %}\nwrong = = 1\n# {% endif %}\n[adapters]"

SEEDS = [
    Seed(
        "syntax that only one combination of three options shows",
        "product.toml.jinja",
        "[adapters]",
        NARROW,
        "parsing",
        "product.toml",
        "cannot be parsed: Invalid value",
        [{**WITHOUT_UI, **KAFKA, **GITLAB}],
    ),
    Seed(
        "an undefined variable in one branch",
        "compose.yaml.jinja",
        "kafka:9092",
        "kafka:{{ kafka_port }}",
        "rendering",
        "compose.yaml",
        "UndefinedError: 'kafka_port' is undefined",
        [KAFKA],
    ),
    Seed(
        "an import of an adapter that other choices exclude",
        "app/src/app/__main__.py",
        "from app.queues import queue\n",
        "from app.queues import queue\nfrom app.queues.kafka import servers as servers\n",
        "modules",
        "app/src/app/__main__.py",
        "imports servers from app.queues.kafka",
        [POSTGRES],
    ),
    Seed(
        "an import of a distribution that other choices do not pin",
        "app/src/app/__main__.py",
        "from app.queues import queue\n",
        "import confluent_kafka\nfrom app.queues import queue\n",
        "distributions",
        "app/src/app/__main__.py",
        "imports confluent_kafka, which is not pinned",
        [POSTGRES],
    ),
    Seed(
        "a name that a module does not have",
        "app/src/app/__main__.py",
        "import queue",
        "import quue",
        "modules",
        "app/src/app/__main__.py",
        "imports quue from app.queues",
    ),
    Seed(
        "an _exclude line without a default",
        "../copier.yml",
        "if jobs | default('postgres') != 'kafka' else '' }}\"\n  - \"{{ '/app",
        "if jobs != 'kafka' else '' }}\"\n  - \"{{ '/app",
        "exclusion",
        "copier.yml",
        "_exclude 4 needs `jobs | default(...)`",
    ),
    Seed(
        "an _exclude line with an unknown name",
        "../copier.yml",
        "if ui | default('react')",
        "if ux",
        "exclusion",
        "copier.yml",
        "_exclude 3: 'ux' is undefined",
    ),
    Seed(
        "a file that never comes out the same",
        "README.md.jinja",
        "Jobs wait",
        "{{ range(99999) | random }}{{ range(99999) | random }} jobs wait",
        "determinism",
        "README.md",
        "comes out differently in another process",
        [KAFKA],
    ),
    Seed(
        "a compose service that is not there",
        "compose.yaml.jinja",
        "depends_on: [postgres]",
        "depends_on: [postgres, kafka]",
        "compose",
        "compose.yaml",
        "app: depends_on names kafka",
        [POSTGRES],
    ),
    Seed(
        "a compose file that nobody includes",
        "compose.yaml.jinja",
        "  - infra/compose/postgres.yaml\n",
        "",
        "compose",
        "infra/compose/postgres.yaml",
        "is a part that compose.yaml must include",
    ),
    Seed(
        "an address of a service that is not there",
        "compose.yaml.jinja",
        "@postgres:5432",
        "@database:5432",
        "compose",
        "compose.yaml",
        "app: talks to database",
    ),
    Seed(
        "a stage that the Dockerfile does not have",
        "infra/Dockerfile",
        "AS app",
        "AS service",
        "compose",
        "compose.yaml",
        "app: builds stage app",
    ),
    Seed(
        "a copied folder that is not there",
        "infra/Dockerfile",
        "COPY app/src/",
        "COPY ui/",
        "docker",
        "infra/Dockerfile",
        "copies ui/",
        [WITHOUT_UI],
    ),
    Seed(
        "a job that needs another that is not there",
        ".github/workflows/ci.yml",
        "needs: [test]",
        "needs: [test, images]",
        "github",
        ".github/workflows/ci.yml",
        "gate needs job images",
        [GITHUB],
    ),
    Seed(
        "a pipeline that runs a target that is not there",
        ".gitlab-ci.yml",
        "make test",
        "make walk",
        "gitlab",
        ".gitlab-ci.yml",
        "runs make walk",
        [GITLAB],
    ),
    Seed(
        "a stage that is not there",
        ".gitlab-ci.yml",
        "stages: [test]",
        "stages: [check]",
        "gitlab",
        ".gitlab-ci.yml",
        "test runs in stage test",
        [GITLAB],
    ),
    Seed(
        "a pipeline that names a path of another choice",
        ".gitlab-ci.yml",
        "make test",
        "cat ui/package.json",
        "gitlab",
        ".gitlab-ci.yml",
        "names ui/package.json",
        [{**WITHOUT_UI, **GITLAB}],
    ),
    Seed(
        "a prerequisite that is not there",
        "Makefile",
        "test: setup",
        "test: setup ui/package.json",
        "makefile",
        "Makefile",
        "needs ui/package.json",
        [WITHOUT_UI],
    ),
    Seed(
        "a module that a recipe runs and nobody has",
        "Makefile",
        "python -m app",
        "python -m app.worker",
        "makefile",
        "Makefile",
        "runs python -m app.worker",
    ),
    Seed(
        "a setting that .env.example does not explain",
        ".env.example.jinja",
        "jobs == 'kafka'",
        "jobs == 'rabbit'",
        "environment",
        "app/src/app/queues/kafka.py",
        "reads KAFKA_SERVERS, which .env.example does not explain",
        [KAFKA],
    ),
    Seed(
        "a variable that nothing reads",
        ".env.example.jinja",
        "# DATABASE_URL=\n",
        "# DATABASE_URL=\n# CACHE_URL=\n",
        "environment",
        ".env.example",
        "names CACHE_URL, which nothing reads",
    ),
    Seed(
        "a link to a page of another choice",
        "README.md.jinja",
        "Start it",
        "See [Kafka](docs/kafka.md). Start it",
        "documents",
        "README.md",
        "links to docs/kafka.md",
        [POSTGRES],
    ),
    Seed(
        "an anchor that is not there",
        "docs/kafka.md",
        "## Topics",
        "## Partitions",
        "documents",
        "README.md",
        "links to docs/kafka.md#topics",
        [KAFKA],
    ),
    Seed(
        "a requirement that the lockfile does not pin",
        "app/requirements.lock.jinja",
        "jobs == 'kafka'",
        "jobs == 'rabbit'",
        "lockfiles",
        "app/requirements.lock",
        "does not pin confluent-kafka>=2.16",
        [KAFKA],
    ),
    Seed(
        "one distribution at two versions",
        "requirements.lock",
        "pytest==9.2.0",
        "fastapi==0.164.0 \\\n    --hash=sha256:" + "3" * 64 + "\npytest==9.2.0",
        "lockfiles",
        "requirements.lock",
        "pins fastapi 0.164.0, but app/requirements.lock pins 0.165.1",
    ),
    Seed(
        "a pin outside its limits",
        "app/requirements.lock.jinja",
        "fastapi==0.165.1",
        "fastapi==0.164.0",
        "lockfiles",
        "app/requirements.lock",
        "pins 0.164.0, which fastapi>=0.165 excludes",
    ),
    Seed(
        "an import of a TypeScript file that is not there",
        "ui/src/main.ts",
        "./shared",
        "./sharing",
        "scripts",
        "ui/src/main.ts",
        "imports ./sharing",
        [WITH_UI],
    ),
    Seed(
        "an adapter without a module",
        "../copier.yml",
        "'/app/src/app/queues/postgres.py' if jobs | default('postgres') != 'postgres'",
        "'/app/src/app/queues/postgres.py' if jobs | default('postgres') != 'rabbit'",
        "adapters",
        "product.toml",
        "chooses jobs postgres",
        [POSTGRES],
    ),
    Seed(
        "code that the formatter would change",
        "app/src/app/queues/kafka.py",
        "def servers(settings):\n    return",
        "def servers( settings ):\n    return",
        "formatting",
        "app/src/app/queues/kafka.py",
        "unformatted: File would be reformatted",
        [KAFKA],
    ),
    Seed(
        "code that the linter would change",
        "app/src/app/queues/kafka.py",
        "def servers",
        "import os\n\n\ndef servers",
        "formatting",
        "app/src/app/queues/kafka.py",
        "F401: `os` imported but unused",
        [KAFKA],
    ),
    Seed(
        "a manifest that a kustomization lists and nobody has",
        "infra/kubernetes/app/kustomization.yaml",
        "[app.yaml]",
        "[app.yaml, queue.yaml]",
        "kubernetes",
        "infra/kubernetes/app/kustomization.yaml",
        "lists queue.yaml",
    ),
    Seed(
        "a config map that nobody makes",
        "infra/kubernetes/app/app.yaml",
        "name: settings",
        "name: setting",
        "kubernetes",
        "infra/kubernetes/app/app.yaml",
        "names ConfigMap setting",
    ),
    Seed(
        "a variable of the cluster that nothing reads",
        "infra/kubernetes/app/settings.env",
        "DATABASE_URL",
        "DATABASE_URI",
        "environment",
        "infra/kubernetes/app/settings.env",
        "names DATABASE_URI, which nothing reads",
    ),
    Seed(
        "a Terraform module that is not there",
        "infra/terraform/main.tf",
        "modules/network",
        "modules/net",
        "terraform",
        "infra/terraform/main.tf",
        "reads ./modules/net",
    ),
    Seed(
        "a reference to a place that the contract does not have",
        "contracts/app.yaml",
        "components:",
        "parts:",
        "contracts",
        "contracts/app.yaml",
        "refers to #/components/root",
    ),
    Seed(
        "a reference to a contract that is not there",
        "contracts/app.yaml",
        "./jobs.yaml",
        "./job.yaml",
        "contracts",
        "contracts/app.yaml",
        "refers to ./job.yaml#/jobs",
    ),
    Seed(
        "a member of the workspace that is not there",
        "pyproject.toml",
        '["app"]',
        '["app", "jobs"]',
        "workspace",
        "pyproject.toml",
        "names jobs",
    ),
    Seed(
        "a scar",
        "README.md.jinja",
        "[Kafka](docs/kafka.md#topics).",
        "[Kafka](docs/kafka.md#topics). ",
        "scars",
        "README.md",
        "has spaces at the end of a line",
        [KAFKA],
    ),
    Seed(
        "a script of npm that is not there",
        "Makefile",
        "python -m app",
        "npm --prefix ui run build",
        "makefile",
        "Makefile",
        "runs npm's build in ui",
    ),
]


def plant(files: dict[str, str], seed: Seed) -> dict[str, str]:
    path = seed.file.removeprefix("../") if seed.file.startswith("../") else f"template/{seed.file}"
    assert seed.old in files[path]
    return {**files, path: files[path].replace(seed.old, seed.new)}


def shown(report: Report) -> dict[tuple[str, str], list[tuple[str, list[dict[str, str]]]]]:
    found: dict[tuple[str, str], list[tuple[str, list[dict[str, str]]]]] = {}
    for failure in report.sorted():
        key = failure.problem.check, failure.problem.path
        found.setdefault(key, []).append((failure.problem.text, report.cases(failure)))
    return found


def test_template_without_a_fault_is_green(files: dict[str, str], look: Look) -> None:
    report = look(files)

    assert shown(report) == {}
    assert report.counts["trees assembled"] == 12


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_seeded_failure_is_found_with_its_fewest_answers(seed: Seed, files: dict[str, str], look: Look) -> None:
    report = look(plant(files, seed), twice=seed.check == "determinism")

    found = shown(report)[seed.check, seed.path]
    assert [(text[: len(seed.text)], answers) for text, answers in found] == [(seed.text, seed.answers)]


def test_failure_prints_the_command_that_reproduces_it(files: dict[str, str], look: Look) -> None:
    report = look(plant(files, SEEDS[0]))

    assert [report.command(failure) for failure in report.sorted()] == [
        'make matrix ARGS="--where ui=none,jobs=kafka,ci=gitlab --no-suites --samples 0"'
    ]
