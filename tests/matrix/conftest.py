"""A template with three options, small enough to see through, and whole enough that every check reads something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.conftest import build_tree

from matrix.report import Report
from matrix.run import Run
from matrix.settings import Settings
from matrix.template import Template

COPIER_YML = """\
_subdirectory: template
_templates_suffix: .jinja
_envops:
  block_start_string: "# {%"
  block_end_string: "%}"
  trim_blocks: true
  lstrip_blocks: true
  keep_trailing_newline: true
  undefined: jinja2.StrictUndefined

# --- People ----

preset: {type: str, default: small, choices: {Small: small, Large: large}}
name: {type: str, default: Desk}
slug: {type: str, default: "{{ name | lower }}"}

# --- Parts ----

ui: {type: str, default: react, choices: {React: react, None: none}}
jobs: {type: str, default: "{{ {'small': 'postgres', 'large': 'kafka'}[preset] }}", choices: {P: postgres, K: kafka}}
ci: {type: str, default: github, choices: {GitHub: github, GitLab: gitlab, None: none}}

_exclude:
  - copier.yml
  - .git
  - "{{ '/ui' if ui | default('react') != 'react' else '' }}"
  - "{{ '/app/src/app/queues/kafka.py' if jobs | default('postgres') != 'kafka' else '' }}"
  - "{{ '/app/src/app/queues/postgres.py' if jobs | default('postgres') != 'postgres' else '' }}"
  - "{{ '/docs/kafka.md' if jobs | default('postgres') != 'kafka' else '' }}"
  - "{{ '/infra/compose/kafka.yaml' if jobs | default('postgres') != 'kafka' else '' }}"
  - "{{ '/.github' if ci | default('github') != 'github' else '' }}"
  - "{{ '/.gitlab-ci.yml' if ci | default('github') != 'gitlab' else '' }}"
"""
LOCK = """\
# {% if jobs == 'kafka' %}
confluent-kafka==2.16.0 \\
    --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000
# {% endif %}
fastapi==0.165.1 \\
    --hash=sha256:1111111111111111111111111111111111111111111111111111111111111111
"""
FILES = {
    "copier.yml": COPIER_YML,
    "template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers | to_nice_yaml }}",
    "template/README.md.jinja": """\
# {{ name }}

Start it with `make test`; the code is in `app/src/app`.
# {% if jobs == 'kafka' %}
Jobs wait in [Kafka](docs/kafka.md#topics).
# {% endif %}
""",
    "template/docs/kafka.md": "# Kafka\n\n## Topics\n\nOne. Back to the [start](../README.md).\n",
    "template/product.toml.jinja": '[product]\nname = "{{ name }}"\n\n[adapters]\njobs = "{{ jobs }}"\n',
    "template/Makefile": "test: setup ## Test\n\tpython -m app\n\nsetup: app/pyproject.toml\n\ttrue\n",
    "template/.env.example.jinja": """\
# DATABASE_URL=
# {% if jobs == 'kafka' %}
# KAFKA_SERVERS=
# {% endif %}
""",
    "template/compose.yaml.jinja": """\
include:
# {% if jobs == 'kafka' %}
  - infra/compose/kafka.yaml
# {% endif %}
  - infra/compose/postgres.yaml
services:
  app:
    build: { context: ., dockerfile: infra/Dockerfile, target: app }
    environment:
      DATABASE_URL: postgresql://app@postgres:5432/app
# {% if jobs == 'kafka' %}
      KAFKA_SERVERS: kafka:9092
# {% endif %}
    depends_on: [postgres]
""",
    "template/infra/compose/postgres.yaml": "services:\n  postgres: {image: postgres}\n",
    "template/infra/compose/kafka.yaml": "services:\n  kafka: {image: kafka}\n",
    "template/infra/Dockerfile": "FROM python AS app\nCOPY app/src/ src/\n",
    "template/app/pyproject.toml.jinja": """\
[project]
name = "app"
dependencies = [
    # {% if jobs == 'kafka' %}
    "confluent-kafka>=2.16",
    # {% endif %}
    "fastapi>=0.165",
]
""",
    "template/app/requirements.lock.jinja": LOCK,
    "template/app/src/app/__init__.py": "",
    "template/app/src/app/__main__.py": """\
from app.queues import queue
from app.settings import AppSettings

queue(AppSettings())
""",
    "template/app/src/app/settings.py": """\
from pydantic_settings import BaseSettings


class AppSettings(BaseSettings):
    database_url: str = ""
    kafka_servers: str = ""
""",
    "template/app/src/app/queues/__init__.py": "def queue(settings) -> None: ...\n",
    "template/app/src/app/queues/postgres.py": "def url(settings):\n    return settings.database_url\n",
    "template/app/src/app/queues/kafka.py": "def servers(settings):\n    return settings.kafka_servers\n",
    "template/pyproject.toml": """\
[dependency-groups]
dev = ["pytest>=9"]

[tool.uv.workspace]
members = ["app"]

[tool.ruff]
lint.select = ["F401"]
""",
    "template/requirements.lock": f"pytest==9.2.0 \\\n    --hash=sha256:{'2' * 64}\n",
    "template/infra/kubernetes/app/kustomization.yaml": """\
kind: Kustomization
resources: [app.yaml]
configMapGenerator:
  - {name: settings, envs: [settings.env]}
""",
    "template/infra/kubernetes/app/settings.env": "DATABASE_URL=\n",
    "template/infra/kubernetes/app/app.yaml": """\
kind: Deployment
metadata: {name: app}
spec:
  containers:
    - envFrom:
        - configMapRef: {name: settings}
""",
    "template/infra/terraform/main.tf": 'module "network" {\n  source = "./modules/network"\n}\n',
    "template/infra/terraform/modules/network/main.tf": "# nothing yet\n",
    "template/contracts/app.yaml": """\
paths:
  /: {$ref: "#/components/root"}
  /jobs: {$ref: "./jobs.yaml#/jobs"}
components:
  root: {}
""",
    "template/contracts/jobs.yaml": "jobs: {}\n",
    "template/ui/package.json": '{"scripts": {"test": "vitest"}}\n',
    "template/ui/src/main.ts": 'import { shown } from "./shared";\n',
    "template/ui/src/shared.ts": "export const shown = 1;\n",
    "template/.github/workflows/ci.yml": """\
on: push
jobs:
  test:
    steps: [{run: make test}]
  gate:
    needs: [test]
    steps: [{run: "true"}]
""",
    "template/.gitlab-ci.yml": "stages: [test]\ntest:\n  stage: test\n  script: [make test]\n",
}

Look = Callable[..., Report]


@pytest.fixture
def files() -> dict[str, str]:
    return dict(FILES)


@pytest.fixture
def small(tmp_path: Path, files: dict[str, str]) -> Template:
    return Template.open(build_tree(tmp_path / "small", files))


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Build the files as a template, run all that is static, and return the report."""

    def looked(files: dict[str, str], *, twice: bool = False) -> Report:
        root = tmp_path / "looked"
        run = Run(Settings(root=build_tree(root, files), twice=twice))
        try:
            run.static()
        finally:
            run.results.close()
        return run.report

    return looked
