"""Batches: order, faults, and callers that leave."""

import asyncio
from collections.abc import Sequence

import pytest

from oidc_auth.batching import Batch


class Store:
    """Doubles numbers; holds the first batch until told to go on."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.fault: Exception | None = None

    async def double(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        self.began.set()
        await self.go_on.wait()
        if self.fault:
            raise self.fault
        return [item * 2 for item in items]


async def test_batch_answers_each_caller_with_its_own_result() -> None:
    store = Store()
    batch = Batch(store.double)
    calls = [asyncio.create_task(batch(number)) for number in range(5)]
    await asyncio.sleep(0)
    store.go_on.set()
    assert await asyncio.gather(*calls) == [0, 2, 4, 6, 8]


async def test_what_arrives_while_a_batch_is_on_its_way_goes_together() -> None:
    store = Store()
    batch = Batch(store.double)
    first = asyncio.create_task(batch(1))
    await store.began.wait()
    rest = [asyncio.create_task(batch(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    store.go_on.set()
    await asyncio.gather(first, *rest)
    assert store.batches == [[1], [2, 3, 4]]


async def test_fault_reaches_every_caller_and_the_next_batch_is_sent() -> None:
    store = Store()
    store.go_on.set()
    store.fault = ValueError("down")
    batch = Batch(store.double)
    for outcome in await asyncio.gather(batch(1), batch(2), return_exceptions=True):
        assert isinstance(outcome, ValueError)
    store.fault = None
    assert await batch(3) == 6


async def test_caller_that_leaves_does_not_disturb_the_others() -> None:
    store = Store()
    batch = Batch(store.double)
    left, stayed = asyncio.create_task(batch(1)), asyncio.create_task(batch(2))
    await store.began.wait()
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    store.go_on.set()
    assert await stayed == 4
