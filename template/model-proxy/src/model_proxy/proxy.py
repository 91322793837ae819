"""The proxy itself: everything a request needs between the door and the model."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from starlette.requests import Request

from model_proxy.attempts import Attempts, timeout_s
from model_proxy.caller import Caller
from model_proxy.errors import (
    BadRequestError,
    TooLargeError,
    UpstreamError,
    UpstreamTimeoutError,
)
from model_proxy.memory import AnswerMemory, EmbeddingMemory
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Provider
from model_proxy.routing import Router
from model_proxy.wire import ChatRequest, EmbeddingRequest, decode_body


@dataclass(frozen=True)
class Begun:
    """A stream whose first event is there; the rest must be closed."""

    first: Chunk
    rest: AsyncGenerator[Chunk, None]


@dataclass(frozen=True)
class Proxy:
    """Routes, remembers and calls; built once by ``bootstrap``."""

    router: Router
    providers: Mapping[str, Provider]
    attempts: Attempts
    answers: AnswerMemory
    embeddings: EmbeddingMemory
    max_body_bytes: int

    async def chat_call(self, request: Request) -> ChatCall:
        """Read a chat request and choose its model; each refusal is a ``ProxyError``."""
        body = await self._body(request)
        chat = decode_body(body, ChatRequest)
        caller = self._caller(request)
        model, *others = self.router.route(chat.model, "chat", caller.use_case)
        patience_s = timeout_s(model, caller)
        return ChatCall(model, chat, body, caller, patience_s, tuple(others))

    async def embedding_call(self, request: Request) -> EmbeddingCall:
        """Read an embeddings request and choose its model; each refusal is a ``ProxyError``."""
        wanted = decode_body(await self._body(request), EmbeddingRequest)
        caller = self._caller(request)
        # No others: vectors of two models can't be compared.
        model, *_ = self.router.route(wanted.model, "embeddings", caller.use_case)
        if wanted.dimensions not in {None, model.dimensions}:
            raise BadRequestError(
                f"{model.name} makes vectors of {model.dimensions}.", param="dimensions"
            )
        return EmbeddingCall(model, wanted, wanted.texts, caller, timeout_s(model, caller))

    async def complete(self, call: ChatCall) -> tuple[ChatCall, Completion]:
        """Ask for a whole answer, within the call's time; return who gave it, and the answer."""
        return await self.attempts.first(call, self._complete)

    async def embed(self, call: EmbeddingCall) -> tuple[EmbeddingCall, Embeddings]:
        """Ask for vectors, within the call's time; return who gave them, and the vectors."""
        return await self.attempts.first(call, self._embed)

    async def begin(self, call: ChatCall) -> tuple[ChatCall, Begun]:
        """Ask for a stream; return who gives it, and the stream once its first event is there."""
        return await self.attempts.first(call, self._begin)

    async def _complete(self, call: ChatCall) -> Completion:
        async with _within(call.timeout_s):
            return await self.providers[call.model.name].complete(call)

    async def _embed(self, call: EmbeddingCall) -> Embeddings:
        async with _within(call.timeout_s):
            return await self.providers[call.model.name].embed(call)

    async def _begin(self, call: ChatCall) -> Begun:
        events = self._stream(call)
        # Nothing is promised until the model has begun: a failure before that is still a status of
        # its own.
        first = await anext(events, None)
        if first is None:
            raise UpstreamError("The model answered with an empty stream.")
        return Begun(first, events)

    async def _stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        async with aclosing(self.providers[call.model.name].stream(call)) as events:
            patience_s = call.timeout_s
            while True:
                async with _within(patience_s):
                    chunk = await anext(events, None)
                if chunk is None:
                    return
                yield chunk
                patience_s = call.model.limits.timeout_s

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self.max_body_bytes:
                raise TooLargeError(f"The body may have {self.max_body_bytes} bytes.")
        return bytes(body)

    def _caller(self, request: Request) -> Caller:
        return Caller.of(request.headers, allow_faults=self.router.environment != "production")


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise UpstreamTimeoutError(f"The model gave no answer within {seconds:g} s.") from error
