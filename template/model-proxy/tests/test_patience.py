"""One timer for many waits."""

import asyncio
import selectors
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest

from model_proxy.patience import each_within


class Hasty(selectors.DefaultSelector):
    """Lets time pass at once when there is nothing to do until later."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0
        return super().select(0)


class Hours(asyncio.SelectorEventLoop):
    """An event loop whose hours take no time."""

    def __init__(self) -> None:
        self._hasty = Hasty()
        super().__init__(self._hasty)

    def time(self) -> float:
        return self._hasty.now


def run(play: Callable[[], Awaitable[None]]) -> float:
    """Play a scene; return how many seconds it took there."""

    async def scene() -> float:
        await play()
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=Hours) as runner:
        return runner.run(scene())


async def numbers(count: int, pause_s: float = 0) -> AsyncGenerator[int, None]:
    for number in range(count):
        await asyncio.sleep(pause_s)
        yield number


def test_patience_yields_everything_that_comes_in_time() -> None:
    async def play() -> None:
        assert [n async for n in each_within(numbers(5, 59), 60)] == [0, 1, 2, 3, 4]

    assert run(play) == pytest.approx(5 * 59, abs=1)


def test_patience_ends_when_one_item_takes_too_long() -> None:
    async def source() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()

    async def play() -> None:
        patient = each_within(source(), 60)
        assert await anext(patient) == 1
        with pytest.raises(TimeoutError):
            await anext(patient)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    assert run(play) == pytest.approx(60, abs=1)


def test_patience_counts_no_time_that_the_reader_takes() -> None:
    async def play() -> None:
        seen = []
        async for number in each_within(numbers(2), 60):
            await asyncio.sleep(3600)
            seen.append(number)
        assert seen == [0, 1]

    assert run(play) == pytest.approx(2 * 3600, abs=1)


def test_patience_lets_a_cancellation_from_outside_through() -> None:
    async def read() -> None:
        async for _ in each_within(numbers(1, 3600), 7200):
            pass

    async def play() -> None:
        task = asyncio.create_task(read())
        await asyncio.sleep(60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert run(play) == pytest.approx(60, abs=1)
