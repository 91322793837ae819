"""Embedding calls that come close together travel as one, sixteen texts or 50 ms at most.

The first call leaves at once: waiting only pays while the model is at work anyway. A batch leaves
when it is full, when its first call has waited long enough, or when the one before it is back.
Calls of different tenants, use cases or models never share a batch.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from model_proxy.errors import UpstreamRejectedError
from model_proxy.providers import EmbeddingCall, Embeddings
from model_proxy.tokens import count_tokens
from model_proxy.wire import Usage

Ask = Callable[[EmbeddingCall], Awaitable[Embeddings]]
Lane = tuple[str, str, str]


@dataclass(eq=False)
class Passenger:
    """One call and the answer that it waits for."""

    call: EmbeddingCall
    made: "asyncio.Future[Embeddings]"


@dataclass(eq=False)
class _Stop:
    """Where the calls of one lane gather."""

    waiting: list[Passenger] = field(default_factory=list)
    travelling: set["asyncio.Task[None]"] = field(default_factory=set)
    timer: asyncio.TimerHandle | None = None

    @property
    def texts(self) -> int:
        return sum(len(passenger.call.texts) for passenger in self.waiting)


class Batcher:
    """Joins calls; whoever leaves takes nobody along.

    Args:
        ask: sends one call to its model.
        size: texts per batch; a call with as many travels alone. One turns batching off.
        wait_s: how long the first call of a batch waits for others.
    """

    def __init__(self, ask: Ask, *, size: int, wait_s: float) -> None:
        self._ask = ask
        self._size = size
        self._wait_s = wait_s
        self._stops: dict[Lane, _Stop] = {}

    @property
    def waiting(self) -> int:
        """How many texts wait for their batch."""
        return sum(stop.texts for stop in self._stops.values())

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return the call's vectors, and its share of what the batch used."""
        if len(call.texts) >= self._size or call.caller.fault:
            return await self._ask(call)
        lane = (call.model.name, call.caller.tenant, call.caller.use_case)
        passenger = Passenger(call, asyncio.get_running_loop().create_future())
        self._join(lane, passenger)
        try:
            return await passenger.made
        finally:
            self._leave(lane, passenger)

    def _join(self, lane: Lane, passenger: Passenger) -> None:
        stop = self._stops.setdefault(lane, _Stop())
        if stop.texts + len(passenger.call.texts) > self._size:
            self._depart(lane, stop)
        stop.waiting.append(passenger)
        if not stop.travelling or stop.texts == self._size:
            self._depart(lane, stop)
        elif stop.timer is None:
            loop = asyncio.get_running_loop()
            stop.timer = loop.call_later(self._wait_s, self._depart, lane, stop)

    def _leave(self, lane: Lane, passenger: Passenger) -> None:
        stop = self._stops.get(lane)
        if stop and passenger in stop.waiting:
            stop.waiting.remove(passenger)

    def _depart(self, lane: Lane, stop: _Stop) -> None:
        if stop.timer:
            stop.timer.cancel()
            stop.timer = None
        passengers, stop.waiting = stop.waiting, []
        if not passengers:
            return
        travel = asyncio.create_task(self._travel(passengers))
        stop.travelling.add(travel)
        travel.add_done_callback(lambda done: self._arrived(lane, stop, done))
        for passenger in passengers:
            passenger.made.add_done_callback(lambda _made: _cancel_empty(travel, passengers))

    def _arrived(self, lane: Lane, stop: _Stop, travel: "asyncio.Task[None]") -> None:
        stop.travelling.discard(travel)
        if not stop.travelling:
            self._depart(lane, stop)
        if not stop.travelling:
            self._stops.pop(lane, None)

    async def _travel(self, passengers: Sequence[Passenger]) -> None:
        try:
            made = await self._ask(_joined(passengers))
        except UpstreamRejectedError as error:
            # One text that the model refuses must not fail the others.
            await self._apart(passengers, error)
        except Exception as error:  # noqa: BLE001 - told to each who waits, who raises it again
            _tell(passengers, error)
        else:
            _hand_out(passengers, made)

    async def _apart(self, passengers: Sequence[Passenger], error: UpstreamRejectedError) -> None:
        if len(passengers) == 1:
            _tell(passengers, error)
            return
        for passenger in passengers:
            await self._travel([passenger])


def _joined(passengers: Sequence[Passenger]) -> EmbeddingCall:
    calls = [passenger.call for passenger in passengers]
    texts = [text for call in calls for text in call.texts]
    return replace(calls[0], texts=texts, timeout_s=max(call.timeout_s for call in calls))


def _hand_out(passengers: Sequence[Passenger], made: Embeddings) -> None:
    at = 0
    shares = _shares(passengers, made.usage.prompt_tokens)
    for passenger, tokens in zip(passengers, shares, strict=True):
        vectors = made.vectors[at : at + len(passenger.call.texts)]
        at += len(vectors)
        if not passenger.made.done():
            passenger.made.set_result(Embeddings(vectors, Usage(tokens, 0, tokens)))


def _shares(passengers: Sequence[Passenger], tokens: int) -> list[int]:
    """Divide the batch's tokens by the texts' lengths; the shares add up to all of them."""
    weights = [sum(map(count_tokens, p.call.texts)) for p in passengers]
    total, seen, given, shares = sum(weights) or 1, 0, 0, []
    for weight in weights:
        seen += weight
        shares.append(round(tokens * seen / total) - given)
        given += shares[-1]
    return shares


def _tell(passengers: Sequence[Passenger], error: Exception) -> None:
    for passenger in passengers:
        if not passenger.made.done():
            passenger.made.set_exception(error)


def _cancel_empty(travel: "asyncio.Task[None]", passengers: Sequence[Passenger]) -> None:
    if all(passenger.made.cancelled() for passenger in passengers):
        travel.cancel()
