"""What has to be done now and then; each module here is one task.

It has ``name``, ``every_s`` and ``async def run(tools)``; a new file is a new task. Every worker
runs every task, so one that runs twice at once must do no harm. A task that fails is tried again
when it is next due.
"""

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from oidc_auth.config import Clock
from oidc_auth.policy import AuthPolicy
from runtime.database import Database
from runtime.errors import ServiceError
from runtime.logs import logger
from workers.settings import WorkerSettings


@dataclass(frozen=True)
class Tools:
    """What a task may use."""

    database: Database
    settings: WorkerSettings
    policy: AuthPolicy
    clock: Clock


@dataclass(frozen=True)
class Task:
    """Something that is done every ``every_s`` seconds."""

    name: str
    every_s: float
    run: Callable[[Tools], Awaitable[object]]


def load_tasks() -> list[Task]:
    """Return every task of this package."""
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return [Task(module.name, module.every_s, module.run) for module in modules]


@dataclass(frozen=True)
class Upkeep:
    """Runs the tasks until cancelled."""

    tools: Tools
    tasks: list[Task]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def run(self) -> None:
        """Run each task at once, then whenever it is due."""
        await asyncio.gather(*(self._repeat(task) for task in self.tasks))

    async def once(self, task: Task) -> bool:
        """Run a task; say whether it went well."""
        try:
            done = await task.run(self.tools)
        except (SQLAlchemyError, OSError, ServiceError) as error:
            logger(__name__).error("upkeep_failed", task=task.name, error=str(error))
            return False
        logger(__name__).info("upkeep_done", task=task.name, result=done)
        return True

    async def _repeat(self, task: Task) -> None:
        while True:
            await self.once(task)
            await self.sleep(task.every_s)
