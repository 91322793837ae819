"""Asks models, each within its time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from model_proxy.answers import replay
from model_proxy.attempts import Attempts
from model_proxy.errors import EmptyAnswerError, UpstreamTimeoutError
from model_proxy.patience import each_within
from model_proxy.providers import (
    Begun,
    ChatCall,
    Chunk,
    Completion,
    EmbeddingCall,
    Embeddings,
    Provider,
)
from model_proxy.whole import whole


@dataclass(frozen=True)
class Asking:
    """The usable models by name, and the order in which a call's are tried."""

    providers: Mapping[str, Provider]
    attempts: Attempts

    async def complete(self, call: ChatCall) -> tuple[ChatCall, Completion]:
        """Ask for a whole answer; return the call as it was answered, and the answer."""
        return await self.attempts.answer(call, self._complete)

    async def begin(self, call: ChatCall) -> tuple[ChatCall, Begun]:
        """Ask for a stream; return it once its first words are there, and who gives it."""
        if not self.attempts.is_held_back(call):
            return await self.attempts.first(call, self._begin)
        answered, answer = await self.complete(whole(call))
        return replace(call, model=answered.model), Begun((), repeat(answer.body))

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Ask for vectors."""
        _, made = await self.attempts.first(call, self._embed)
        return made

    async def _complete(self, call: ChatCall) -> Completion:
        async with within(call.timeout_s):
            return await self.providers[call.model.name].complete(call)

    async def _embed(self, call: EmbeddingCall) -> Embeddings:
        async with within(call.timeout_s):
            return await self.providers[call.model.name].embed(call)

    async def _begin(self, call: ChatCall) -> Begun:
        events = self._stream(call)
        head: list[Chunk] = []
        # Nothing is promised until the model has said something: a failure before that is still a
        # status of its own, and another model may answer.
        async for chunk in events:
            head.append(chunk)
            if chunk.text or not chunk.is_text:
                return Begun(tuple(head), events)
        raise EmptyAnswerError("The model's stream ended without a word; ask again.")

    async def _stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the events: the first within the call's time, each other within the model's."""
        async with aclosing(self.providers[call.model.name].stream(call)) as events:
            async with within(call.timeout_s):
                first = await anext(events, None)
            if first is None:
                return
            yield first
            limit_s = call.model.limits.timeout_s
            try:
                async with aclosing(each_within(events, limit_s)) as others:
                    async for chunk in others:
                        yield chunk
            except TimeoutError as error:
                raise _late(limit_s) from error


async def repeat(body: bytes) -> AsyncGenerator[Chunk, None]:
    """Yield a whole answer as a stream."""
    for chunk in replay(body):
        yield chunk


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Give up after the time; ``UpstreamTimeoutError``."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise _late(seconds) from error


def _late(seconds: float) -> UpstreamTimeoutError:
    return UpstreamTimeoutError(f"The model gave no answer within {seconds:g} s.")
