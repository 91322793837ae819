"""What every job queue does: the same suite for each adapter that this repo has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from devstack.fixtures import TestTenant
from devstack.queues import working
from runtime.adapters import adapters
from runtime.correlation import correlation_id
from runtime.events import PayloadError
from runtime.product import read_product_file
from runtime.queues import Backoff, Job, JobQueue, open_queue
from runtime.queues.delivery import UnknownJobError
from runtime.settings import RuntimeSettings

NewJob = Callable[..., Job]
TRIES = 400


@pytest_asyncio.fixture(params=adapters("queues"))
async def queue(
    request: pytest.FixtureRequest, use: Callable[..., RuntimeSettings]
) -> AsyncIterator[JobQueue]:
    opened = await open_queue(use(jobs=request.param), backoff=Backoff(attempts=2, first_s=0.01))
    yield opened
    await opened.close()


class Recorder:
    """A handler that remembers its jobs and fails as often as it is told."""

    def __init__(self, *, failures: int = 0) -> None:
        self.jobs: list[Job] = []
        self.failures = failures

    async def __call__(self, job: Job) -> None:
        self.jobs.append(job)
        if len(self.jobs) <= self.failures:
            raise RuntimeError("planted fault")


async def until(condition: Callable[[], Any]) -> None:
    for _ in range(TRIES):
        found = condition()
        if await found if isinstance(found, Awaitable) else found:
            return
        await asyncio.sleep(0.05)
    pytest.fail("It never happened.")


def test_repo_has_its_own_queue_and_one_in_memory() -> None:
    assert {"memory", read_product_file()["adapters"]["jobs"]} <= set(adapters("queues"))


async def test_queue_delivers_the_job_under_its_correlation_id(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    job, seen = new_job(tenant.id), dict[str, str]()

    async def handle(received: Job) -> None:
        assert received == job
        seen[received.correlation_id] = correlation_id()

    async with working(queue, {job.name: handle}):
        await queue.enqueue(job)
        await until(lambda: seen)
    assert seen == {job.correlation_id: job.correlation_id}


async def test_queue_keeps_jobs_until_somebody_works(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    first, second, handler = new_job(tenant.id), new_job(tenant.id), Recorder()
    await queue.enqueue(first)
    await queue.enqueue(second)
    async with working(queue, {first.name: handler}):
        await until(lambda: len(handler.jobs) == 2)
    assert {job.correlation_id for job in handler.jobs} == {
        first.correlation_id,
        second.correlation_id,
    }


async def test_queue_runs_a_key_once(queue: JobQueue, tenant: TestTenant, new_job: NewJob) -> None:
    # covers R-0212
    first, again, last = (new_job(tenant.id, key=key) for key in ("same", "same", "last"))
    handler = Recorder()
    async with working(queue, {first.name: handler}):
        await queue.enqueue(first)
        await until(lambda: handler.jobs)
        await queue.enqueue(again)
        await queue.enqueue(last)
        await until(lambda: last in handler.jobs)
    assert handler.jobs == [first, last]


async def test_queue_tells_keys_of_tenants_apart(
    queue: JobQueue, tenant: TestTenant, other_tenant: TestTenant, new_job: NewJob
) -> None:
    jobs, handler = [new_job(owner.id, key="same") for owner in (tenant, other_tenant)], Recorder()
    async with working(queue, {jobs[0].name: handler}):
        for job in jobs:
            await queue.enqueue(job)
        await until(lambda: len(handler.jobs) == 2)
    assert {job.tenant_id for job in handler.jobs} == {tenant.id, other_tenant.id}


async def test_queue_tries_a_failed_job_again(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    job, handler = new_job(tenant.id, key="again"), Recorder(failures=1)
    async with working(queue, {job.name: handler}):
        await queue.enqueue(job)
        await until(lambda: len(handler.jobs) == 2)
    assert [seen.attempt for seen in handler.jobs] == [1, 2]
    assert await queue.dead_letters() == []


async def test_queue_keeps_what_keeps_failing_as_a_dead_letter(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    # covers R-0209
    job, handler = new_job(tenant.id), Recorder(failures=100)
    async with working(queue, {job.name: handler}):
        await queue.enqueue(job)
        await until(lambda: _is_dead(queue, job))
    assert [seen.attempt for seen in handler.jobs] == [1, 2]
    assert [letter.error for letter in await _dead(queue, job)] == ["planted fault"]


async def test_queue_gives_a_job_that_nobody_handles_up_at_once(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    job = new_job(tenant.id)
    async with working(queue, {}):
        await queue.enqueue(job)
        await until(lambda: _is_dead(queue, job))
    assert [letter.error for letter in await _dead(queue, job)] == [
        str(UnknownJobError(f"No handler for the job {job.name!r}."))
    ]


async def test_queue_finishes_the_job_in_hand_when_cancelled(
    queue: JobQueue, tenant: TestTenant, new_job: NewJob
) -> None:
    job, begun, may_end, done = new_job(tenant.id), asyncio.Event(), asyncio.Event(), list[Job]()

    async def handle(received: Job) -> None:
        begun.set()
        await may_end.wait()
        done.append(received)

    task = asyncio.create_task(queue.run({job.name: handle}))
    await queue.enqueue(job)
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [job]


@pytest.mark.parametrize("payload", [{}, {"document_id": "no uuid"}, {"document_id": 1}])
async def test_queue_refuses_a_payload_that_breaks_its_contract(
    queue: JobQueue, tenant: TestTenant, payload: dict[str, Any]
) -> None:
    # covers R-0303
    with pytest.raises(PayloadError):
        await queue.enqueue(Job("ingest_document", tenant.id, payload, "correlation-1"))


async def test_queue_refuses_a_job_without_a_contract(queue: JobQueue, tenant: TestTenant) -> None:
    with pytest.raises(PayloadError, match="unheard_of"):
        await queue.enqueue(Job("unheard_of", tenant.id, {}, "correlation-1"))


async def _dead(queue: JobQueue, job: Job) -> list[Any]:
    letters = await queue.dead_letters()
    return [entry for entry in letters if entry.job.correlation_id == job.correlation_id]


async def _is_dead(queue: JobQueue, job: Job) -> bool:
    return bool(await _dead(queue, job))
