"""What only the PostgreSQL queue promises."""

import asyncio
import re
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import func, select

from devstack.fixtures import TestTenant
from devstack.queues import working
from runtime.database import Database
from runtime.database.models import JobKey
from runtime.product import root
from runtime.queues import Backoff, Job, QueueUnavailableError
from runtime.queues.postgres import open_queue
from runtime.settings import RuntimeSettings, SettingsError

NewJob = Callable[..., Job]


async def test_enqueue_drops_a_used_key_before_anybody_works(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob, database_urls: tuple[str, str]
) -> None:
    queue = await open_queue(settings, backoff=Backoff())
    for _ in range(2):
        await queue.enqueue(new_job(tenant.id, key="same"))
    await queue.close()
    assert _count(database_urls[1], "todo", tenant) == 1


async def test_enqueue_keeps_no_key_when_the_job_could_not_be_written(
    settings: RuntimeSettings,
    tenant: TestTenant,
    new_job: NewJob,
    database: Database,
    database_urls: tuple[str, str],
) -> None:
    queue = await open_queue(settings, backoff=Backoff())
    with psycopg.connect(database_urls[1], autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON procrastinate_jobs FROM app")
        try:
            with pytest.raises(QueueUnavailableError):
                await queue.enqueue(new_job(tenant.id, key="lost"))
        finally:
            owner.execute("GRANT INSERT ON procrastinate_jobs TO app")
    await queue.close()
    async with database.tenant(tenant.id) as session:
        assert await session.scalar(select(func.count()).select_from(JobKey)) == 0


async def test_run_takes_up_the_job_of_a_killed_worker(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob, database_urls: tuple[str, str]
) -> None:
    queue, job, done = (
        await open_queue(settings, backoff=Backoff()),
        new_job(tenant.id),
        list[Job](),
    )
    await queue.enqueue(job)
    with psycopg.connect(database_urls[1]) as owner:
        owner.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
            " WHERE args ->> 'tenant_id' = %s",
            [str(tenant.id)],
        )

    async def handle(received: Job) -> None:
        done.append(received)

    async with working(queue, {job.name: handle}):
        for _ in range(200):
            if job in done:
                break
            await asyncio.sleep(0.05)
    await queue.close()
    assert [received.attempt for received in done if received == job] == [2]


async def test_enqueue_says_that_the_database_is_down(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob
) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://app@127.0.0.1:1/app"})
    queue = await open_queue(nowhere, backoff=Backoff())
    with pytest.raises(QueueUnavailableError):
        await queue.enqueue(new_job(tenant.id))
    await queue.close()


async def test_open_queue_needs_an_address(settings: RuntimeSettings) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await open_queue(settings.model_copy(update={"database_url": ""}), backoff=Backoff())


def _count(owner_url: str, status: str, tenant: TestTenant) -> int:
    with psycopg.connect(owner_url) as owner:
        query = (
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE status = %s::procrastinate_job_status AND args ->> 'tenant_id' = %s"
        )
        row = owner.execute(query, [status, str(tenant.id)]).fetchone()
        return int(row[0]) if row else -1


async def test_the_documented_statement_runs_a_failed_job_again(
    settings: RuntimeSettings, tenant: TestTenant, new_job: NewJob, database_urls: tuple[str, str]
) -> None:
    queue = await open_queue(settings, backoff=Backoff())
    await queue.enqueue(new_job(tenant.id))
    await queue.close()
    (statement,) = re.findall(
        r"`(SELECT procrastinate_retry.*?;)`", (root() / "docs/jobs/postgres.md").read_text()
    )
    with psycopg.connect(database_urls[1], autocommit=True) as owner:
        query = (
            "UPDATE procrastinate_jobs SET status = 'failed', attempts = 5"
            " WHERE args ->> 'tenant_id' = %s RETURNING id"
        )
        row = owner.execute(query, [str(tenant.id)]).fetchone()
        assert row is not None
        owner.execute(statement.replace("(id,", f"({row[0]},").encode())
    assert _count(database_urls[1], "todo", tenant) == 1
