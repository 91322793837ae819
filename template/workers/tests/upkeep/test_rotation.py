"""Signing keys rotate by themselves while workers run. covers R-0401, R-0509.

The workers are whole ones; time passes when the test says so.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import psycopg
import pytest

from oidc_auth.policy import load_policy
from workers.app import Workers, bootstrap
from workers.settings import WorkerSettings

WORKERS = 2
PERIODS, STEPS = 3, 6
"""How many periods pass, and in how many steps each."""


@dataclass
class Turns:
    """Time goes on by a step when all workers have done what was due, and sleep."""

    barrier: asyncio.Barrier
    step_s: float
    now: float = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, _seconds: float) -> None:
        """Sleep until time has gone on."""
        await self.barrier.wait()
        await self.barrier.wait()

    async def go_on(self, look: Callable[[], int]) -> int:
        """Look at what was done, then let time go on."""
        await self.barrier.wait()
        seen = look()
        self.now += self.step_s
        await self.barrier.wait()
        return seen


@pytest.fixture
def settings(settings_values: dict[str, Any]) -> WorkerSettings:
    return WorkerSettings(**settings_values, session_secret="s" * 32)


@pytest.fixture
def rotations(database_urls: tuple[str, str]) -> Callable[[], int]:
    """How many rotations are in the record."""

    def count() -> int:
        with psycopg.connect(database_urls[1]) as owner:
            counted = owner.execute("SELECT count(*) FROM audit_log WHERE action = 'keys.rotated'")
            return int(counted.fetchone()[0])  # type: ignore[index] # a count is one row

    return count


async def test_keys_rotate_once_a_period_whatever_the_number_of_workers(
    settings: WorkerSettings, rotations: Callable[[], int]
) -> None:
    period_s = load_policy(environment=settings.environment).keys.rotate_s
    turns = Turns(asyncio.Barrier(WORKERS + 1), period_s / STEPS)
    async with asyncio.timeout(120), AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(bootstrap(settings, clock=turns))
            for _ in range(WORKERS)
        ]
        running = [asyncio.create_task(_only_rotating(each, turns).run()) for each in opened]
        seen = [await turns.go_on(rotations) for _ in range(PERIODS * (STEPS + 1))]
        for task in running:
            task.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended)
    new = [step for step, (before, now) in enumerate(pairwise([0, *seen])) if now > before]
    assert seen[-1] == len(new) == 1 + PERIODS, "the first key, then one a period"
    # A key counts from its first signature, some minutes after it was announced.
    assert {later - earlier for earlier, later in pairwise(new)} <= {STEPS, STEPS + 1}


def _only_rotating(workers: Workers, turns: Turns) -> Workers:
    tasks = [task for task in workers.upkeep.tasks if task.name == "rotate_keys"]
    return replace(workers, upkeep=replace(workers.upkeep, tasks=tasks, sleep=turns.sleep))
