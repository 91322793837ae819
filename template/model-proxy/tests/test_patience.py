"""One timer for many waits."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from model_proxy.patience import each_within


async def numbers(count: int, pause_s: float = 0) -> AsyncGenerator[int, None]:
    for number in range(count):
        await asyncio.sleep(pause_s)
        yield number


async def test_patience_yields_everything_that_comes_in_time() -> None:
    assert [n async for n in each_within(numbers(5), 3600)] == [0, 1, 2, 3, 4]


async def test_patience_ends_when_one_item_takes_too_long() -> None:
    async def source() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()

    patient = each_within(source(), 0.01)
    assert await anext(patient) == 1
    with pytest.raises(TimeoutError):
        await anext(patient)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_patience_counts_no_time_that_the_reader_takes() -> None:
    seen = []
    async for number in each_within(numbers(2), 0.5):
        await asyncio.sleep(0.6)
        seen.append(number)
    assert seen == [0, 1]


async def test_patience_lets_a_cancellation_from_outside_through() -> None:
    async def read() -> None:
        async for _ in each_within(numbers(1, 3600), 7200):
            pass

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
