"""One round trip for many callers: what arrives while a batch is on its way goes with the next.

Nobody waits for a timer. An idle service sends batches of one; a busy one sends fewer, larger ones.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST = 256


class Batch(Generic[Item, Result]):
    """Calls ``run`` with the items of all callers; it returns one result for each, in order."""

    def __init__(self, run: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._run = run
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Return the item's result; what ``run`` raises, every caller of the batch gets."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            await self._send_one([item for item, _ in batch], [answer for _, answer in batch])

    async def _send_one(
        self, items: Sequence[Item], answers: Sequence[asyncio.Future[Result]]
    ) -> None:
        try:
            results = await self._run(items)
        except Exception as error:  # noqa: BLE001 - it is the callers' to handle
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)
            return
        for answer, result in zip(answers, results, strict=True):
            if not answer.done():  # a caller may have left
                answer.set_result(result)
