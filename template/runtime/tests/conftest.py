"""The runtime without what options bring; contract suites ask for an adapter by its name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from runtime.queues import Job
from runtime.settings import RuntimeSettings

NewJob = Callable[..., Job]


@pytest.fixture
def new_job() -> NewJob:
    """Makes a valid job; its document's id tells it from others."""

    def make(tenant_id: UUID, *, key: str | None = None, name: str = "ingest_document") -> Job:
        payload = {"document_id": str(uuid4())}
        return Job(name, tenant_id, payload, f"correlation-{uuid4().hex}", idempotency_key=key)

    return make


@pytest.fixture
def use(
    settings_values: dict[str, Any], serving: Callable[[str], dict[str, str]]
) -> Callable[..., RuntimeSettings]:
    """Makes settings with another choice, and has what it needs running: ``use(jobs="memory")``."""

    def choose(**choice: str) -> RuntimeSettings:
        where = {key: text for name in choice.values() for key, text in serving(name).items()}
        return RuntimeSettings(**(settings_values | choice | where))

    return choose
