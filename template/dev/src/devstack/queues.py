"""A worker in this process, for tests of what goes through a queue."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from runtime.queues import JobHandler, JobQueue


@asynccontextmanager
async def working(queue: JobQueue, handlers: Mapping[str, JobHandler]) -> AsyncIterator[None]:
    """Run the queue's jobs meanwhile; what is begun at the end is cancelled."""
    task = asyncio.create_task(queue.run(handlers))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
