"""What the alerts read is really there. covers R-0602."""

from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from devstack.metrics import metric_faults, read_catalogue
from runtime.metrics import serving_metrics
from runtime.product import root
from runtime.queues import Backoff, Job
from workers.app import bootstrap
from workers.metrics import FAILED, JobMetrics
from workers.settings import WorkerSettings

ENQUEUED_AT = 1000.0


def job(attempt: int = 1) -> Job:
    return Job("demo", uuid4(), {}, "correlation", attempt=attempt, enqueued_at=ENQUEUED_AT)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def figures(registry: CollectorRegistry) -> JobMetrics:
    return JobMetrics(registry, Backoff(attempts=2), now=lambda: ENQUEUED_AT + 7)


def count(registry: CollectorRegistry, outcome: str) -> float | None:
    labels = {"name": "demo", "outcome": outcome}
    return registry.get_sample_value("workers_job_seconds_count", labels)


async def test_workers_expose_what_the_objectives_read(
    worker_settings: WorkerSettings, upload: Any, make_job: Any
) -> None:
    catalogue = read_catalogue(root())
    document = await upload(b"Tea is hot.")
    async with bootstrap(worker_settings) as workers, aiohttp.ClientSession() as http:
        handle = workers.handlers["ingest_document"]
        await handle(make_job("ingest_document", document_id=str(document.id)))
        with serving_metrics(workers.registry, "127.0.0.1", 0) as port:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as response:
                exposed = await response.text()
    assert metric_faults(catalogue, "workers", exposed) == []
    assert 'workers_job_seconds_count{name="ingest_document",outcome="done"} 1.0' in exposed


async def test_unreadable_document_is_a_failed_job(
    settings_values: Any, upload: Any, make_job: Any, registry: CollectorRegistry
) -> None:
    document = await upload(b"no pdf", "application/pdf")
    async with bootstrap(WorkerSettings(**settings_values), registry) as workers:
        handle = workers.handlers["ingest_document"]
        await handle(make_job("ingest_document", document_id=str(document.id)))
    labels = {"name": "ingest_document", "outcome": "failed"}
    assert registry.get_sample_value("workers_job_seconds_count", labels) == 1


async def test_job_is_timed_from_its_enqueueing(
    figures: JobMetrics, registry: CollectorRegistry
) -> None:
    async def handle(_job: Job) -> None: ...

    await figures.watch({"demo": handle})["demo"](job())
    labels = {"name": "demo", "outcome": "done"}
    assert registry.get_sample_value("workers_job_seconds_sum", labels) == 7


async def test_failing_job_counts_once_at_its_last_attempt(
    figures: JobMetrics, registry: CollectorRegistry
) -> None:
    async def handle(_job: Job) -> None:
        raise RuntimeError("planted")

    handlers = figures.watch({"demo": handle})
    for attempt, failed in ((1, None), (2, 1)):
        with pytest.raises(RuntimeError):
            await handlers["demo"](job(attempt))
        assert count(registry, FAILED) == failed
