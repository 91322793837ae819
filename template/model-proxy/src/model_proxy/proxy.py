"""The proxy itself: everything a request needs between the door and the model."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from starlette.requests import Request

from model_proxy.caller import Caller
from model_proxy.errors import (
    BadRequestError,
    BudgetExhaustedError,
    TooLargeError,
    UpstreamTimeoutError,
)
from model_proxy.memory import AnswerMemory, EmbeddingMemory
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Provider
from model_proxy.registry import Model
from model_proxy.routing import Router
from model_proxy.wire import ChatRequest, EmbeddingRequest, decode_body
from runtime.budget import HARD_LIMIT


@dataclass(frozen=True)
class Proxy:
    """Routes, remembers and calls; built once by ``bootstrap``."""

    router: Router
    providers: Mapping[str, Provider]
    answers: AnswerMemory
    embeddings: EmbeddingMemory
    max_body_bytes: int

    async def chat_call(self, request: Request) -> ChatCall:
        """Read a chat request and choose its model; each refusal is a ``ProxyError``."""
        body = await self._body(request)
        chat = decode_body(body, ChatRequest)
        caller = self._caller(request)
        model = self.router.route(chat.model, "chat", caller.use_case)
        return ChatCall(model, chat, body, caller, timeout_s(model, caller))

    async def embedding_call(self, request: Request) -> EmbeddingCall:
        """Read an embeddings request and choose its model; each refusal is a ``ProxyError``."""
        wanted = decode_body(await self._body(request), EmbeddingRequest)
        caller = self._caller(request)
        model = self.router.route(wanted.model, "embeddings", caller.use_case)
        if wanted.dimensions not in {None, model.dimensions}:
            raise BadRequestError(
                f"{model.name} makes vectors of {model.dimensions}.", param="dimensions"
            )
        return EmbeddingCall(model, wanted, wanted.texts, caller, timeout_s(model, caller))

    async def complete(self, call: ChatCall) -> Completion:
        """Ask the model for a whole answer, within the call's time."""
        async with _within(call.timeout_s):
            return await self.providers[call.model.name].complete(call)

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Ask the model for vectors, within the call's time."""
        async with _within(call.timeout_s):
            return await self.providers[call.model.name].embed(call)

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the events: the first within the call's time, each other within the model's."""
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


def timeout_s(model: Model, caller: Caller) -> float:
    """Return how long the call may take: the model's limit or the caller's budget, if less."""
    if caller.budget_ms is None:
        return model.limits.timeout_s
    if caller.budget_ms < max(1, model.limits.first_byte_ms):
        raise BudgetExhaustedError(
            f"{model.name} needs {model.limits.first_byte_ms} ms to begin; "
            f"{caller.budget_ms} ms are left."
        )
    return min(model.limits.timeout_s, HARD_LIMIT * caller.budget_ms / 1000)


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise UpstreamTimeoutError(f"The model gave no answer within {seconds:g} s.") from error
