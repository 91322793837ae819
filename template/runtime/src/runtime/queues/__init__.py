"""Background jobs: the port, and the adapter that the product was built with.

An adapter is a module of this package named as in ``product.toml`` (``jobs = "postgres"``) with
``async def open_queue(settings: RuntimeSettings, *, backoff: Backoff) -> JobQueue``.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast
from uuid import UUID

from runtime.adapters import load_adapter
from runtime.errors import UnavailableError
from runtime.settings import RuntimeSettings

SUPPORT = ("delivery", "kafka_offsets")


class QueueUnavailableError(UnavailableError):
    """The job could not be handed over; nothing was enqueued as far as is known."""

    code, title = "queue_unavailable", "Background jobs can't be accepted right now"


@dataclass(frozen=True)
class Job:
    """One unit of background work.

    Attributes:
        name: the handler's name; its payload's schema is ``contracts/events/<name>.json``.
        tenant_id: whose data the job may touch.
        payload: JSON object, validated against the schema when enqueued and again before it runs.
        idempotency_key: a second job with the same name, tenant and key is dropped.
        correlation_id: the request that caused the job.
        attempt: 1 on the first run.
        enqueued_at: seconds since 1970; the same at every attempt.
    """

    name: str
    tenant_id: UUID
    payload: Mapping[str, Any]
    correlation_id: str
    idempotency_key: str | None = None
    attempt: int = field(default=1, compare=False)
    enqueued_at: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True)
class DeadLetter:
    """A job that was given up, and why."""

    job: Job
    error: str


@dataclass(frozen=True)
class Backoff:
    """How often and how fast a failing job is tried again.

    Attributes:
        attempts: runs in all, the first included.
        first_s: seconds before the second run; doubled before each further one.
        longest_s: seconds that no wait exceeds.
    """

    attempts: int = 5
    first_s: float = 2.0
    longest_s: float = 300.0

    def delay_s(self, attempt: int) -> float | None:
        """Return the seconds to wait after this attempt failed; None to give up."""
        if attempt >= self.attempts:
            return None
        return min(self.longest_s, self.first_s * 2.0 ** (attempt - 1))


JobHandler = Callable[[Job], Awaitable[object]]


class JobQueue(Protocol):
    """Delivers each job at least once to one handler; one that keeps failing is a dead letter."""

    async def enqueue(self, job: Job) -> None:
        """Hand the job over durably.

        Raises:
            PayloadError: the payload breaks its contract.
            QueueUnavailableError: it can't be promised that the job will run.
        """

    async def run(self, handlers: Mapping[str, JobHandler]) -> None:
        """Work until cancelled, finishing the jobs in hand first."""

    async def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """Return jobs that were given up, of every tenant: for operators, never for the edge."""

    async def close(self) -> None:
        """Release connections."""


async def open_queue(settings: RuntimeSettings, *, backoff: Backoff | None = None) -> JobQueue:
    """Return the queue that ``settings.jobs`` names.

    Raises:
        SettingsError: this repo has no such adapter, or its address is missing.
    """
    adapter = load_adapter("queues", settings.jobs)
    return cast("JobQueue", await adapter.open_queue(settings, backoff=backoff or Backoff()))
