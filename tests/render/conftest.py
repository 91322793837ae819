"""The template as a person would get it."""

from __future__ import annotations

import pytest
from tests.published import Published


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(tmp_path_factory.mktemp("published") / "template", "copier.yml", "pyproject.toml", "template")
