"""What every adapter does with a job on its way in and out."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

from runtime.correlation import bind_correlation_id
from runtime.events import PayloadError, check_payload
from runtime.logs import bind_tenant, logger
from runtime.queues import Job, JobHandler


class UnknownJobError(LookupError):
    """No handler of this name is deployed; trying again can't help."""

    code = "unknown_job"


# A fault of these kinds is the same at every attempt.
HOPELESS = (PayloadError, UnknownJobError)


def to_json(job: Job) -> dict[str, Any]:
    """Return the job as a JSON object."""
    return {
        "name": job.name,
        "tenant_id": str(job.tenant_id),
        "payload": dict(job.payload),
        "correlation_id": job.correlation_id,
        "idempotency_key": job.idempotency_key,
        "attempt": job.attempt,
        "enqueued_at": job.enqueued_at,
    }


def from_json(value: Mapping[str, Any]) -> Job:
    """Return the job that ``to_json`` wrote."""
    return Job(**{**value, "tenant_id": UUID(value["tenant_id"])})


async def perform(handlers: Mapping[str, JobHandler], job: Job) -> None:
    """Run the job under its correlation id and tenant; a failure is logged and goes on.

    Raises:
        UnknownJobError: nobody handles this name.
        PayloadError: the payload breaks its contract.
    """
    with bind_correlation_id(job.correlation_id), bind_tenant(job.tenant_id):
        log = logger(__name__).bind(job=job.name, attempt=job.attempt)
        log.info("job_started")
        try:
            handle = _handler(handlers, job.name)
            check_payload(job.name, job.payload)
            await handle(job)
        except Exception:
            log.exception("job_failed")
            raise
        log.info("job_done")


def _handler(handlers: Mapping[str, JobHandler], name: str) -> JobHandler:
    if name not in handlers:
        raise UnknownJobError(f"No handler for the job {name!r}.")
    return handlers[name]


async def until_cancelled(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Await ``work(stop)``; when cancelled, set ``stop`` and let it finish what it has in hand."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(stop))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        stop.set()
        await task
        raise
