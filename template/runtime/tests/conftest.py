"""The runtime without what options bring; contract suites ask for an adapter by its name."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest

from devstack.services import Service, start_missing, stop_all
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


@pytest.fixture(scope="module")
def database_urls(base_database_urls: tuple[str, str]) -> tuple[str, str]:
    """Tables of adapters are for their own suites."""
    return base_database_urls


@pytest.fixture
def settings(base_settings: RuntimeSettings) -> RuntimeSettings:
    return base_settings


@pytest.fixture(scope="session")
def started(
    _test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], list[Service]]]:
    """Starts the service that an adapter is named after, if there is one, for the whole run."""
    services: dict[str, list[Service]] = {}

    def start(name: str) -> list[Service]:
        if name not in services:
            known = {"DATABASE_URL": "each module has its own"}
            services[name] = start_missing(tmp_path_factory.mktemp(name), known, [name])
        return services[name]

    yield start
    for each in services.values():
        stop_all(each)


@pytest.fixture
def use(
    base_settings: RuntimeSettings, started: Callable[[str], list[Service]]
) -> Callable[..., RuntimeSettings]:
    """Makes settings with another choice, and has what it needs running: ``use(jobs="memory")``."""

    def choose(**choice: str) -> RuntimeSettings:
        services = [service for name in choice.values() for service in started(name)]
        where = {key.lower(): value for each in services for key, value in each.settings.items()}
        return base_settings.model_copy(update=choice | where)

    return choose
