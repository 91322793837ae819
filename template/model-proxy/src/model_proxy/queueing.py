"""The places for requests in flight, and the short queue before them."""

import asyncio
from collections import deque

from model_proxy.errors import OverloadedError
from runtime.budget import Deadline

RETRY_AFTER_S = 1


class Places:
    """So many requests at once; a few more wait their turn, first come, first served.

    Args:
        in_flight: requests that are served at once.
        waiting: requests that may wait for a place.
        patience_s: how long they wait before they are told to come back.
    """

    def __init__(self, *, in_flight: int, waiting: int, patience_s: float) -> None:
        self._free = in_flight
        self._in_flight = in_flight
        self._room = waiting
        self._patience_s = patience_s
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def in_flight(self) -> int:
        """How many are served now."""
        return self._in_flight - self._free

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._queue)

    async def take(self, deadline: Deadline | None) -> None:
        """Take a place; ``OverloadedError`` when none is free in time. Each is given back once."""
        if self._free > 0:
            self._free -= 1
            return
        left_s = deadline.remaining_ms / 1000 if deadline else self._patience_s
        await self._wait(min(left_s, self._patience_s))

    def give_back(self) -> None:
        """Leave the place to whoever waits longest, so that nobody new can take it first."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    async def _wait(self, patience_s: float) -> None:
        if len(self._queue) >= self._room or patience_s <= 0:
            raise _full()
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(patience_s):
                await turn
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, TimeoutError):
                raise _full() from error
            raise

    def _leave(self, turn: "asyncio.Future[None]") -> None:
        if turn in self._queue:
            self._queue.remove(turn)
        elif not turn.cancelled():
            # The place came in the very moment of leaving.
            self.give_back()


def _full() -> OverloadedError:
    return OverloadedError(
        "Too many requests are in flight; try again soon.", retry_after_s=RETRY_AFTER_S
    )
