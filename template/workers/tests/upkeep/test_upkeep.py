"""Upkeep is done at the start and whenever it is due, whatever fails. covers R-0509."""

import asyncio
import time
from typing import Any

import pytest

from oidc_auth.audit import AuditLog
from oidc_auth.policy import AuthPolicy
from runtime.database import Database
from runtime.errors import UnavailableError
from workers.settings import WorkerSettings
from workers.upkeep import Task, Tools, Upkeep, load_tasks


@pytest.fixture
def tools(database: Database, settings_values: dict[str, Any]) -> Tools:
    settings = WorkerSettings(**settings_values, session_secret="s" * 32)
    AuditLog.open(database, settings, AuthPolicy().audit)
    return Tools(database, settings, AuthPolicy(), time.time)


def test_load_tasks_finds_every_module() -> None:
    assert {task.name for task in load_tasks()} >= {"prune", "prune_audit", "rotate_keys"}


async def test_every_task_runs_and_may_run_twice_at_once(tools: Tools) -> None:
    upkeep = Upkeep(tools, load_tasks())
    runs = [upkeep.once(task) for task in upkeep.tasks for _ in range(2)]
    assert all(await asyncio.gather(*runs))


async def test_rotate_keys_makes_a_key_when_one_is_due(tools: Tools) -> None:
    (rotate,) = [task for task in load_tasks() if task.name == "rotate_keys"]
    first = await rotate.run(tools)
    later = Tools(tools.database, tools.settings, tools.policy, lambda: time.time() + 8 * 86400)
    second = await rotate.run(later)
    assert second not in (None, first)
    assert await rotate.run(later) is None


async def test_run_repeats_and_outlives_a_failure(tools: Tools) -> None:
    runs: list[str] = []
    enough = asyncio.Event()

    async def fail(_tools: Tools) -> None:
        runs.append("fail")
        raise UnavailableError("The database is away.")

    async def work(_tools: Tools) -> None:
        runs.append("work")
        if runs.count("work") >= 3 and runs.count("fail") >= 3:
            enough.set()

    async def no_time(_seconds: float) -> None:
        await asyncio.sleep(0)

    upkeep = Upkeep(tools, [Task("fail", 1, fail), Task("work", 1, work)], sleep=no_time)
    running = asyncio.create_task(upkeep.run())
    await enough.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
