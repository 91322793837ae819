"""Jobs in this process's memory: for tests and one-process tools. A restart forgets them."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from runtime.events import check_payload
from runtime.queues import Backoff, DeadLetter, Job, JobHandler
from runtime.queues.delivery import HOPELESS, perform, until_cancelled
from runtime.settings import RuntimeSettings


class MemoryJobQueue:
    """Keeps what the port promises, except that jobs outlive the process."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._waiting: asyncio.Queue[Job] = asyncio.Queue()
        self._keys: set[tuple[str, UUID, str]] = set()
        self._dead: list[DeadLetter] = []
        self._delayed: set[asyncio.Task[None]] = set()

    async def enqueue(self, job: Job) -> None:
        """Accept the job, unless its key has been seen."""
        check_payload(job.name, job.payload)
        if job.idempotency_key is not None:
            key = (job.name, job.tenant_id, job.idempotency_key)
            if key in self._keys:
                return
            self._keys.add(key)
        self._waiting.put_nowait(job)

    async def run(self, handlers: Mapping[str, JobHandler]) -> None:
        """Run one job after the other."""

        async def work(stop: asyncio.Event) -> None:
            stopped = asyncio.create_task(stop.wait())
            while not stop.is_set():
                waiting = asyncio.create_task(self._waiting.get())
                await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    await self._attempt(handlers, waiting.result())
                else:
                    waiting.cancel()

        await until_cancelled(work)

    async def dead_letters(self, *, limit: int = 100) -> list[DeadLetter]:
        """Return the jobs that were given up, oldest first."""
        return self._dead[:limit]

    async def close(self) -> None:
        """Forget the jobs that wait for another attempt."""
        for task in self._delayed:
            task.cancel()
        for task in list(self._delayed):
            with suppress(asyncio.CancelledError):
                await task

    async def _attempt(self, handlers: Mapping[str, JobHandler], job: Job) -> None:
        try:
            await perform(handlers, job)
        except Exception as error:  # noqa: BLE001 - any failure of a handler is retried or kept
            delay = None if isinstance(error, HOPELESS) else self._backoff.delay_s(job.attempt)
            if delay is None:
                self._dead.append(DeadLetter(job, str(error)))
                return
            task = asyncio.create_task(self._later(replace(job, attempt=job.attempt + 1), delay))
            self._delayed.add(task)
            task.add_done_callback(self._delayed.discard)

    async def _later(self, job: Job, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._waiting.put_nowait(job)


async def open_queue(settings: RuntimeSettings, *, backoff: Backoff) -> MemoryJobQueue:
    """Return an empty queue."""
    del settings
    return MemoryJobQueue(backoff)
