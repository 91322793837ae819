"""Places for requests, and the queue before them."""

# covers R-0209

import asyncio

import pytest

from model_proxy.errors import OverloadedError
from model_proxy.queueing import Places
from runtime.budget import Deadline


def places(in_flight: int = 1, waiting: int = 2, patience_s: float = 3600) -> Places:
    return Places(in_flight=in_flight, waiting=waiting, patience_s=patience_s)


async def queued(room: Places, count: int) -> list["asyncio.Task[None]"]:
    tasks = [asyncio.create_task(room.take(None)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_places_are_given_in_the_order_of_asking() -> None:
    room = places()
    await room.take(None)
    first, second = await queued(room, 2)
    assert (room.in_flight, room.waiting) == (1, 2)
    room.give_back()
    await first
    assert not second.done()
    room.give_back()
    await second
    room.give_back()
    assert (room.in_flight, room.waiting) == (0, 0)


async def test_places_refuse_who_finds_the_queue_full() -> None:
    room = places(waiting=0)
    await room.take(None)
    with pytest.raises(OverloadedError) as caught:
        await room.take(None)
    assert caught.value.retry_after_s == 1


async def test_places_refuse_who_has_waited_too_long() -> None:
    room = places(patience_s=0.001)
    await room.take(None)
    with pytest.raises(OverloadedError):
        await room.take(None)
    assert room.waiting == 0


async def test_places_never_let_a_caller_wait_past_its_deadline() -> None:
    room = places()
    await room.take(None)
    with pytest.raises(OverloadedError):
        await room.take(Deadline.after_ms(1))


async def test_place_of_one_who_leaves_goes_to_the_next() -> None:
    room = places()
    await room.take(None)
    first, second = await queued(room, 2)
    first.cancel()
    room.give_back()
    await second
    assert room.in_flight == 1


async def test_place_that_comes_in_the_moment_of_leaving_is_not_lost() -> None:
    room = places()
    await room.take(None)
    (first,) = await queued(room, 1)
    room.give_back()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert room.in_flight == 0
