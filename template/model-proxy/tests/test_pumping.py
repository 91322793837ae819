"""Events leave as they come: none waits, none is lost, and a slow reader slows the source."""

# covers R-0206

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from model_proxy.pumping import MOST_BYTES, Pump


class Reader:
    """Takes each piece when it is told to."""

    def __init__(self, *, is_patient: bool = False) -> None:
        self.taken: list[bytes] = []
        self.may_take = asyncio.Event()
        if not is_patient:
            self.may_take.set()

    async def __call__(self, message: Any) -> None:
        await self.may_take.wait()
        self.taken.append(message["body"])


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_pump_sends_what_is_there_in_one_piece_and_never_waits_for_more() -> None:
    may_go_on = asyncio.Event()

    async def source() -> AsyncGenerator[bytes, None]:
        yield b"a"
        yield b"b"
        await may_go_on.wait()
        yield b"c"

    reader = Reader()
    running = asyncio.create_task(Pump(source(), reader).run())
    await settle()
    assert reader.taken == [b"ab"]
    may_go_on.set()
    await running
    assert reader.taken == [b"ab", b"c"]


async def test_pump_makes_the_source_wait_for_a_slow_reader() -> None:
    asked_for = 0

    async def source() -> AsyncGenerator[bytes, None]:
        nonlocal asked_for
        for _ in range(100):
            asked_for += 1
            yield b"x" * (MOST_BYTES // 4)

    reader = Reader(is_patient=True)
    running = asyncio.create_task(Pump(source(), reader).run())
    await settle()
    assert asked_for < 12
    reader.may_take.set()
    await running
    assert sum(map(len, reader.taken)) == 100 * (MOST_BYTES // 4)


async def test_pump_raises_the_sources_error_after_what_came_before() -> None:
    async def source() -> AsyncGenerator[bytes, None]:
        yield b"a"
        raise ValueError("broken")

    reader = Reader()
    with pytest.raises(ValueError, match="broken"):
        await Pump(source(), reader).run()
    assert reader.taken == [b"a"]


async def test_pump_stops_the_source_when_the_reader_fails() -> None:
    is_closed = asyncio.Event()

    async def source() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"a"
                await asyncio.sleep(0)
        finally:
            is_closed.set()

    async def send(_message: Any) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Pump(source(), send).run()
    assert is_closed.is_set()


async def test_pump_that_is_cancelled_closes_the_source_at_once() -> None:
    is_closed = asyncio.Event()

    async def source() -> AsyncGenerator[bytes, None]:
        try:
            yield b"a"
            await asyncio.Event().wait()
        finally:
            is_closed.set()

    running = asyncio.create_task(Pump(source(), Reader()).run())
    await settle()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert is_closed.is_set()
