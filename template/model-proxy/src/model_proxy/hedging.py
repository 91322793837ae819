"""A second model for a call whose first one keeps us waiting; off unless ``routing.yaml`` asks.

Whichever begins first answers, and the other is cancelled at once; once the first words are there
nobody else is asked. Both count: the second's tokens are set aside before it is asked, and what the
slower one read is paid for. Where a budget has no room for two, the first is waited for alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from prometheus_client import CollectorRegistry, Counter

from model_proxy.budgets import Reservation
from model_proxy.errors import TokenBudgetError
from model_proxy.providers import Begun, ChatCall, Completion, EmbeddingCall
from model_proxy.rules import Hedging
from model_proxy.tokens import count_tokens
from model_proxy.turns import Answer, Call, Turns
from model_proxy.wire import Usage

Reserve = Callable[[str, str, int], Awaitable[Reservation]]
Sleep = Callable[[float], Awaitable[None]]


class Hedges:
    """Decides which calls may have a second model, and lets the two race."""

    def __init__(
        self,
        rule: Hedging,
        reserve: Reserve,
        metrics: CollectorRegistry,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._rule = rule
        self._reserve = reserve
        self._sleep = sleep
        self._outcomes = Counter(
            "model_hedges_total",
            "Calls whose first model took long: whether the second one answered",
            ["model", "outcome"],
            registry=metrics,
        )

    def patience_s(self, call: ChatCall | EmbeddingCall) -> float:
        """Return how long the first model may take to begin; 0 when it is waited for alone."""
        if not call.others:
            return 0.0
        rule = self._rule
        return rule.use_cases.get(call.caller.use_case, rule.after_ms) / 1000

    async def race(self, turns: Turns[Call, Answer], patience_s: float) -> tuple[Call, Answer]:
        """Return the first answer, of one model or of two; errors are those of ``Turns.take``."""
        call = turns.call
        async with _Race(turns) as race:
            room = await self._room(call) if await race.is_slow(self._sleep(patience_s)) else None
            if room is None:
                return await race.first()
            try:
                race.enter()
                attempt, answer = await race.first()
            finally:
                room.settle(0)
            self._note(call, "needless" if attempt.model is call.model else "answered")
            return attempt, answer

    async def _room(self, call: ChatCall | EmbeddingCall) -> Reservation | None:
        caller = call.caller
        try:
            return await self._reserve(caller.use_case, caller.tenant, call.reservation.tokens)
        except TokenBudgetError:
            self._note(call, "no_room")
            return None

    def _note(self, call: ChatCall | EmbeddingCall, outcome: str) -> None:
        self._outcomes.labels(call.model.name, outcome).inc()


class _Race(Generic[Call, Answer]):
    """One or two who take turns of the same call; whoever is late is cancelled and paid for."""

    def __init__(self, turns: Turns[Call, Answer]) -> None:
        self._turns: Turns[Call, Answer] = turns
        self._runners: list[asyncio.Task[tuple[Call, Answer]]] = []
        self._winner: asyncio.Task[tuple[Call, Answer]] | None = None

    async def __aenter__(self) -> "_Race[Call, Answer]":
        self.enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        asked = tuple(self._turns.asking) if self._winner else ()
        late = [runner for runner in self._runners if runner is not self._winner]
        for runner in late:
            runner.cancel()
        ends = await asyncio.gather(*late, return_exceptions=True)
        if self._winner:
            used = _usage(self._turns.call, self._winner.result()[1])
            for model in asked:
                self._turns.throw_away(model, used)
        for end in ends:
            if not isinstance(end, BaseException):
                await self._discard(*end)

    def enter(self) -> None:
        """Let one more take turns."""
        self._runners.append(asyncio.create_task(self._turns.take()))

    async def is_slow(self, pause: Awaitable[None]) -> bool:
        """Say whether the pause was over and the first one not done."""
        waiting = asyncio.ensure_future(pause)
        try:
            await asyncio.wait({waiting, *self._runners}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        return not self._runners[0].done()

    async def first(self) -> tuple[Call, Answer]:
        """Return the first answer; without one, raise what whoever failed last has to tell."""
        pending = set(self._runners)
        while True:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            ended = [runner for runner in self._runners if runner in done]
            good = [runner for runner in ended if runner.exception() is None]
            if good or not pending:
                self._winner = good[0] if good else None
                return (good or ended)[0].result()

    async def _discard(self, call: Call, answer: Answer) -> None:
        """Throw an answer away that came in the very moment of the other."""
        self._turns.throw_away(call.model, _usage(call, answer))
        if isinstance(answer, Begun):
            await answer.rest.aclose()


def _usage(call: ChatCall | EmbeddingCall, answer: object) -> Usage:
    """Return what a model used that answered so; of a stream that began, what it read."""
    if isinstance(answer, Completion):
        return answer.usage
    messages = call.request.messages if isinstance(call, ChatCall) else ()
    read = sum(count_tokens(message.text) for message in messages)
    return Usage(read, 0, read)
