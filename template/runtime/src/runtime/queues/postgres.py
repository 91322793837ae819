"""Jobs in the product's own PostgreSQL, through procrastinate.

A job and its idempotency key are written in one transaction, so a duplicate is refused for good.
A job that is given up keeps its row (status ``failed``) with the last error in its arguments.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
from procrastinate import jobs
from procrastinate.exceptions import ProcrastinateException
from psycopg import Error as PsycopgError
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database import Database
from runtime.database.models import JobKey
from runtime.events import check_payload
from runtime.logs import logger
from runtime.queues import Backoff, DeadLetter, Job, JobHandler, QueueUnavailableError
from runtime.queues.delivery import HOPELESS, from_json, perform, to_json
from runtime.settings import RuntimeSettings

QUEUE = "jobs"
TASK = "job"
CONCURRENCY = 4
# A worker that was killed stops its heartbeat; its jobs run again after this long.
STALLED_AFTER_S = 30.0


class PostgresJobQueue:
    """One procrastinate queue; every job is the same task, told apart by its name."""

    def __init__(self, database: Database, app: procrastinate.App, backoff: Backoff) -> None:
        self._database = database
        self._app = app
        self._backoff = backoff

    async def enqueue(self, job: Job) -> None:
        """Write the job and its key in one transaction."""
        check_payload(job.name, job.payload)
        try:
            async with self._database.tenant(job.tenant_id) as session:
                if await _claim(session, job):
                    await self._defer(session, job)
        except (SQLAlchemyError, PsycopgError, ProcrastinateException) as error:
            raise QueueUnavailableError("The job could not be stored; try again soon.") from error

    async def run(self, handlers: Mapping[str, JobHandler]) -> None:
        """Run up to ``CONCURRENCY`` jobs at a time."""
        task = self._app.task(name=TASK, pass_context=True, retry=_Retry(self._backoff))
        task(self._worker(handlers))
        async with AsyncExitStack() as stack:
            await _undivided(stack.enter_async_context(self._app.open_async()))
            rescue = asyncio.create_task(self._rescue())
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=CONCURRENCY,
                    fetch_job_polling_interval=1.0,
                    install_signal_handlers=False,
                    delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
                    stalled_worker_timeout=STALLED_AFTER_S,
                )
            finally:
                rescue.cancel()

    async def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """Return the failed jobs, oldest first."""
        query = text(
            "SELECT args FROM procrastinate_jobs WHERE status = 'failed' ORDER BY id LIMIT :limit"
        )
        async with self._database.session() as session:
            rows = (await session.execute(query, {"limit": limit})).scalars()
            return [DeadLetter(_job(args), args.get("error", "")) for args in rows]

    async def close(self) -> None:
        """Release the connections."""
        await self._database.close()

    async def _defer(self, session: AsyncSession, job: Job) -> None:
        raw = await (await session.connection()).get_raw_connection()
        row = jobs.Job(
            queue=QUEUE, task_name=TASK, task_kwargs=to_json(job), lock=None, queueing_lock=None
        )
        await self._app.job_manager.batch_defer_jobs_async([row], connection=raw.driver_connection)

    def _worker(self, handlers: Mapping[str, JobHandler]) -> Any:  # noqa: ANN401 - a procrastinate task
        async def work(context: procrastinate.JobContext, **args: Any) -> None:  # noqa: ANN401 - JSON
            args["attempt"] = context.job.attempts + 1
            try:
                await perform(handlers, _job(args))
            except Exception as error:
                await self._keep_error(context.job.id, str(error))
                raise

        return work

    async def _keep_error(self, job_id: int | None, error: str) -> None:
        query = text("UPDATE procrastinate_jobs SET args = args || :error WHERE id = :id")
        value = json.dumps({"error": error[:2000]})
        async with self._database.session() as session:
            await session.execute(query, {"error": value, "id": job_id})

    async def _rescue(self) -> None:
        while True:
            for job in await self._app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_AFTER_S
            ):
                logger(__name__).warning("job_rescued", job_id=job.id)
                await self._app.job_manager.retry_job(job)
            await asyncio.sleep(STALLED_AFTER_S)


class _Retry(procrastinate.BaseRetryStrategy):
    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> procrastinate.RetryDecision | None:
        delay = self._backoff.delay_s(job.attempts + 1)
        if delay is None or isinstance(exception, HOPELESS):
            return None
        return procrastinate.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=delay))


async def _undivided(work: Coroutine[Any, Any, Any]) -> None:
    """Be cancelled after the work, not within it: the pool, cancelled as it opens, forgets that."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _claim(session: AsyncSession, job: Job) -> bool:
    if job.idempotency_key is None:
        return True
    key = {"tenant_id": job.tenant_id, "name": job.name, "key": job.idempotency_key}
    statement = insert(JobKey).values(**key).on_conflict_do_nothing().returning(JobKey.key)
    return (await session.execute(statement)).first() is not None


def _job(args: Mapping[str, Any]) -> Job:
    return from_json({name: value for name, value in args.items() if name != "error"})


async def open_queue(settings: RuntimeSettings, *, backoff: Backoff) -> PostgresJobQueue:
    """Return the queue in ``settings.database_url``; it connects when first used.

    Raises:
        SettingsError: there is no address.
    """
    # procrastinate logs each job's arguments, which hold what people wrote.
    logging.getLogger("procrastinate.worker").setLevel(logging.CRITICAL)
    database = Database.open(settings, pool_size=2)
    conninfo = make_url(settings.database_url).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo.render_as_string(hide_password=False), max_size=CONCURRENCY + 2
    )
    return PostgresJobQueue(database, procrastinate.App(connector=connector), backoff)
