"""``python -m workers``: work until told to stop."""

import asyncio
import signal
import sys
from contextlib import suppress

from runtime import heap
from runtime.logs import configure_logs
from runtime.metrics import serving_metrics
from runtime.settings import SettingsError, settings_or_exit
from runtime.telemetry import configure_telemetry
from workers.app import Workers, bootstrap
from workers.settings import WorkerSettings


def main() -> int:
    """Run until SIGTERM or SIGINT, then finish the jobs in hand; return 2 when settings lack."""
    settings = settings_or_exit(WorkerSettings)
    configure_logs("workers", settings)
    telemetry = configure_telemetry("workers", settings)
    try:
        asyncio.run(work(settings))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    telemetry.shutdown()
    return 0


async def work(settings: WorkerSettings) -> None:
    """Run the jobs until a signal comes."""
    address = settings.workers_host, settings.workers_port
    async with bootstrap(settings) as workers:
        heap.settle()
        with serving_metrics(workers.registry, *address), suppress(asyncio.CancelledError):
            await _run(workers)


async def _run(workers: Workers) -> None:
    running = asyncio.create_task(workers.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    await running


if __name__ == "__main__":
    raise SystemExit(main())
