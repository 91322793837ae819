"""How long jobs take, from being handed over to their end."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Histogram

from runtime.queues import Backoff, Job, JobHandler
from runtime.queues.delivery import HOPELESS

DONE, FAILED = "done", "failed"
BOUNDS_S = (1, 10, 60)


class JobMetrics:
    """Times each job once, at its end: the waiting and all its attempts included."""

    def __init__(
        self,
        registry: CollectorRegistry,
        backoff: Backoff,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._backoff = backoff
        self._now = now
        self._seconds = Histogram(
            "workers_job_seconds",
            "Seconds from a job's enqueueing to its end",
            ["name", "outcome"],
            buckets=BOUNDS_S,
            registry=registry,
        )

    def watch(self, handlers: Mapping[str, JobHandler]) -> dict[str, JobHandler]:
        """Return the same handlers, timed; one that returns ``FAILED`` has failed for good."""
        return {name: partial(self._run, handle) for name, handle in handlers.items()}

    async def _run(self, handle: JobHandler, job: Job) -> None:
        try:
            returned = await handle(job)
        except Exception as error:
            if isinstance(error, HOPELESS) or self._backoff.delay_s(job.attempt) is None:
                self._note(job, FAILED)
            raise
        self._note(job, FAILED if returned == FAILED else DONE)

    def _note(self, job: Job, outcome: str) -> None:
        # The clocks of two machines differ a little.
        seconds = max(0.0, self._now() - job.enqueued_at)
        self._seconds.labels(job.name, outcome).observe(seconds)
