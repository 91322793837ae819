"""The checkout's own questions and manifest, and a small template for what must not depend on them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.checkout import Checkout

from airworthy import manifest, source

if TYPE_CHECKING:
    from airworthy.manifest import Manifest
    from airworthy.questions import Questionnaire

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

# --- People -----------------------------------------------------------------------------------------------------------

preset:
  type: str
  help: Which defaults
  default: small
  choices:
    "Small": small
    "Large": large

name:
  type: str
  help: The name
  default: Desk
  validator: "{{ 'Use a capital.' if name[0] | upper != name[0] else '' }}"

# --- Parts ------------------------------------------------------------------------------------------------------------

slug:
  type: str
  help: The slug
  default: "{{ name | lower }}"

jobs:
  type: str
  help: Where jobs wait
  default: "{{ {'small': 'postgres', 'large': 'kafka'}[preset] }}"
  choices:
    "PostgreSQL": postgres
    "Kafka": kafka

banner:
  type: str
  default: "{{ name }} with {{ jobs }}"
  when: false

_exclude:
  - copier.yml
  - .git
  - "*.pyc"
  - node_modules
  - "{{ '/docs/kafka' if jobs | default('postgres') != 'kafka' else '' }}"
  - "{{ '/infra/compose/kafka.yaml' if jobs | default('postgres') != 'kafka' else '' }}"
  - "/data/**"
  - "!/data/{{ jobs | default('postgres') }}/**"
"""
FILES = {
    "copier.yml": COPIER_YML,
    "template/README.md.jinja": "# {{ name }}\n",
    "template/settings.toml.jinja": '# {% if jobs == "kafka" %}\nbroker = true\n# {% endif %}\n',
    "template/docs/kafka/one.md": "one\n",
    "template/docs/kafka/two.md": "two\n",
    "template/docs/index.md": "index\n",
    "template/infra/compose/kafka.yaml": "services:\n  kafka: {image: kafka}\n  registry: {image: registry}\n",
    "template/infra/compose/base.yaml": "services:\n  database: {image: postgres}\n",
    "template/data/kafka/a.txt": "a\n",
    "template/data/postgres/a.txt": "a\n",
    "template/node_modules/left/over.js": "over\n",
    "template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers | to_nice_yaml }}",
}


def build_tree(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a template with five questions and ten files."""
    return build_tree(tmp_path / "small", FILES)


@pytest.fixture
def chart(small: Path) -> Manifest:
    return manifest.load(small)


@pytest.fixture(scope="session")
def real() -> Manifest:
    """The manifest of this checkout."""
    template = source.locate()
    return manifest.load(template.folder, template.files)


@pytest.fixture(scope="session")
def questionnaire(real: Manifest) -> Questionnaire:
    return real.questionnaire


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return Checkout(tmp_path_factory.mktemp("checkout") / "airworthy")
