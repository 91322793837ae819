"""Each adapter that this repo has, as the contract suites ask for it."""

from collections.abc import Callable
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
def use(settings: RuntimeSettings) -> Callable[..., RuntimeSettings]:
    """Makes the same settings with another choice: ``use(jobs="memory")``."""

    def choose(**choice: str) -> RuntimeSettings:
        return settings.model_copy(update=choice)

    return choose
