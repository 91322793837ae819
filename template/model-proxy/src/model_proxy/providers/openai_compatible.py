"""Any model behind an OpenAI-compatible API: hosted ones, llama.cpp's server, vLLM, Ollama."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from model_proxy.answers import Answer, StreamAnswer
from model_proxy.errors import UpstreamError
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Tools
from model_proxy.providers.dialects import Dialect, dialect_of
from model_proxy.providers.repairs import StreamRepair, repair_answer
from model_proxy.providers.tool_calls import check_tool_calls, offered_tools
from model_proxy.providers.transport import Transport, read
from model_proxy.registry import Model
from model_proxy.sse import DONE, EventReader
from model_proxy.wire import Usage


class Vector(msgspec.Struct):
    """One embedding; ``index`` says which text it belongs to."""

    embedding: list[float]
    index: int = 0


class VectorAnswer(msgspec.Struct):
    """The part of an embeddings answer that this proxy reads."""

    data: list[Vector]
    usage: Usage | None = None


@dataclass(frozen=True)
class OpenAICompatible:
    """Implements ``Provider`` over HTTP."""

    model: Model
    dialect: Dialect
    transport: Transport
    chat_url: str
    embeddings_url: str

    async def complete(self, call: ChatCall) -> Completion:
        """Return the model's JSON, after checking that it is an answer."""
        async with self.transport.post(self.chat_url, self._chat_body(call)) as response:
            body = await read(response)
        answer = _decode(body, Answer)
        if not answer.choices:
            raise UpstreamError("The model's answer has no choices.")
        check_tool_calls(offered_tools(call.request), (c.message for c in answer.choices))
        return Completion(repair_answer(body, answer), answer.usage or Usage())

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the model's events, each checked; breaking off is an error."""
        is_finished = False
        events = _Events(offered_tools(call.request))
        async with self.transport.post(self.chat_url, self._chat_body(call)) as response:
            if response.content_type != "text/event-stream":
                raise UpstreamError("The model did not answer with an event stream.")
            async with aclosing(_events(response)) as pieces:
                async for data in pieces:
                    if data == DONE:
                        return
                    chunk = events.read(data)
                    if chunk is not None:
                        is_finished = is_finished or chunk.finish_reason is not None
                        yield chunk
        if not is_finished:
            raise UpstreamError("The model's stream broke off before its end.")

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return the vectors in the order of the texts, whatever order they came in."""
        body = {"model": self.model.upstream, "input": call.texts, "encoding_format": "float"}
        encoded = msgspec.json.encode(body | self.model.parameters)
        async with self.transport.post(self.embeddings_url, encoded) as response:
            answer = _decode(await read(response), VectorAnswer)
        vectors = [v.embedding for v in sorted(answer.data, key=lambda v: v.index)]
        lengths = {len(vector) for vector in vectors}
        if len(vectors) != len(call.texts) or lengths != {self.model.dimensions}:
            raise UpstreamError(
                f"Asked for {len(call.texts)} vectors of {self.model.dimensions}; "
                f"the model gave {len(vectors)} of {sorted(lengths)}."
            )
        return Embeddings(vectors, answer.usage or Usage())

    def _chat_body(self, call: ChatCall) -> bytes:
        fields = msgspec.json.decode(call.body, type=dict[str, Any])
        fields = self.dialect.translate(fields, self.model)
        fields |= {**self.model.parameters, "model": self.model.upstream}
        if not self.dialect.has_stream_usage:
            fields.pop("stream_options", None)
        elif call.request.stream:
            # Asked for even when the caller does not want it: cost is counted for every stream.
            fields["stream_options"] = {
                **(fields.get("stream_options") or {}),
                "include_usage": True,
            }
        return msgspec.json.encode(fields)


def open_provider(model: Model, tools: Tools) -> OpenAICompatible:
    """Return the model at the address and with the key that the registry names."""
    dialect = dialect_of(model, tools.dialects)
    base_url = (model.base_url.value(tools.environ) if model.base_url else None) or ""
    api_key = model.api_key.value(tools.environ) if model.api_key else None
    headers = {"Content-Type": "application/json", **dialect.key_headers(api_key)}
    base_url = base_url.rstrip("/")
    return OpenAICompatible(
        model,
        dialect,
        Transport(tools.http, headers, dialect.busy),
        dialect.url(base_url, dialect.paths.chat, model),
        dialect.url(base_url, dialect.paths.embeddings, model),
    )


class _Events:
    """Reads the events of one stream."""

    def __init__(self, offered: frozenset[str]) -> None:
        self._offered = offered
        self._repair = StreamRepair()

    def read(self, data: bytes) -> Chunk | None:
        """Return what the event says to the caller, if anything."""
        event = _decode(data, StreamAnswer)
        if event.error is not None:
            raise UpstreamError("The model failed in the middle of its answer.")
        mended = self._repair.mend(data, event)
        if mended is None:
            return None
        if not event.choices:
            return Chunk(mended, usage=event.usage, is_usage_only=True)
        delta = event.choices[0].delta
        calls = delta.get("tool_calls")
        is_more = bool(calls or delta.get("refusal"))
        if calls:
            check_tool_calls(self._offered, (choice.delta for choice in event.choices))
        return Chunk(
            mended,
            text=str(delta.get("content") or ""),
            finish_reason=event.choices[0].finish_reason,
            usage=event.usage,
            is_text=not is_more and all(c.index == 0 for c in event.choices),
        )


async def _events(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    reader = EventReader()
    try:
        async for piece in response.content.iter_any():
            for data in reader.feed(piece):
                yield data
    except (aiohttp.ClientError, OSError) as error:
        raise UpstreamError("The model broke off in the middle of its answer.") from error
    for data in reader.end():
        yield data


def _decode(data: bytes, kind: type[Any]) -> Any:  # noqa: ANN401 - what `kind` says
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise UpstreamError("The model sent something that is not an answer.") from error
