"""Any model behind an OpenAI-compatible API: hosted ones, llama.cpp's server, vLLM.

A call is tried again only while nothing of the answer has reached the caller, and only when the
failure says that a second try may work: no connection, or 500, 502, 503, 504.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

from model_proxy.answers import Answer, StreamAnswer
from model_proxy.errors import (
    UpstreamBusyError,
    UpstreamError,
    UpstreamRejectedError,
)
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Tools
from model_proxy.registry import Model
from model_proxy.sse import DONE, read_events
from model_proxy.wire import Usage
from runtime.correlation import HEADER as CORRELATION
from runtime.correlation import correlation_id
from runtime.telemetry import trace_headers

ATTEMPTS = 2
PAUSE_S = 0.05
_AGAIN = frozenset({500, 502, 503, 504})
_MESSAGE_BYTES = 2000


class Vector(msgspec.Struct):
    """One embedding; ``index`` says which text it belongs to."""

    embedding: list[float]
    index: int = 0


class VectorAnswer(msgspec.Struct):
    """The part of an embeddings answer that this proxy reads."""

    data: list[Vector]
    usage: Usage = Usage()


class _AgainError(Exception):
    """A failure that a second try may mend; carries what to say if it doesn't."""

    def __init__(self, error: UpstreamError) -> None:
        self.error = error


@dataclass(frozen=True)
class OpenAICompatible:
    """Implements ``Provider`` over HTTP."""

    model: Model
    http: aiohttp.ClientSession
    base_url: str
    api_key: str | None

    async def complete(self, call: ChatCall) -> Completion:
        """Return the model's JSON as it came, after checking that it is an answer."""
        async with self._post("chat/completions", _chat_body(call)) as response:
            body = await _read(response)
        answer = _decode(body, Answer)
        if not answer.choices:
            raise UpstreamError("The model's answer has no choices.")
        return Completion(body, answer.usage or Usage())

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the model's events as they came, each checked; breaking off is an error."""
        is_finished = False
        async with self._post("chat/completions", _chat_body(call)) as response:
            if response.content_type != "text/event-stream":
                raise UpstreamError("The model did not answer with an event stream.")
            async for data in _events(response):
                if data == DONE:
                    return
                chunk = _chunk(data)
                is_finished = is_finished or chunk.finish_reason is not None
                yield chunk
        if not is_finished:
            raise UpstreamError("The model's stream broke off before its end.")

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return the vectors in the order of the texts, whatever order they came in."""
        body = {"model": self.model.upstream, "input": call.texts, "encoding_format": "float"}
        encoded = msgspec.json.encode(body | self.model.parameters)
        async with self._post("embeddings", encoded) as response:
            answer = _decode(await _read(response), VectorAnswer)
        vectors = [v.embedding for v in sorted(answer.data, key=lambda v: v.index)]
        lengths = {len(vector) for vector in vectors}
        if len(vectors) != len(call.texts) or lengths != {self.model.dimensions}:
            raise UpstreamError(
                f"Asked for {len(call.texts)} vectors of {self.model.dimensions}; "
                f"the model gave {len(vectors)} of {sorted(lengths)}."
            )
        return Embeddings(vectors, answer.usage)

    @asynccontextmanager
    async def _post(self, path: str, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        response = await self._connect(path, body)
        try:
            yield response
        finally:
            # Not released: closing the connection is what tells the model that nobody listens any
            # more.
            response.close() if not response.content.at_eof() else response.release()

    async def _connect(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._send(path, body)
            except _AgainError as failure:
                if attempt == ATTEMPTS:
                    raise failure.error from failure.__cause__
                await asyncio.sleep(PAUSE_S * attempt)
        raise AssertionError("unreachable")

    async def _send(self, path: str, body: bytes) -> aiohttp.ClientResponse:
        headers = {"Content-Type": "application/json", CORRELATION: correlation_id()}
        headers |= trace_headers()
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        try:
            response = await self.http.post(
                f"{self.base_url}/{path}", data=body, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, OSError) as error:
            raise _AgainError(UpstreamError("The model can't be reached.")) from error
        if response.status == HTTPStatus.OK:
            return response
        async with response:
            raise await _failure(response)


def open_provider(model: Model, tools: Tools) -> OpenAICompatible:
    """Return the model at the address and with the key that the registry names."""
    base_url = model.base_url.value(tools.environ) if model.base_url else None
    api_key = model.api_key.value(tools.environ) if model.api_key else None
    return OpenAICompatible(model, tools.http, (base_url or "").rstrip("/"), api_key)


def _chat_body(call: ChatCall) -> bytes:
    fields = msgspec.json.decode(call.body, type=dict[str, Any])
    fields |= {**call.model.parameters, "model": call.model.upstream}
    if call.request.stream:
        # Asked for even when the caller does not want it: cost is counted for every stream.
        fields["stream_options"] = {**(fields.get("stream_options") or {}), "include_usage": True}
    return msgspec.json.encode(fields)


def _chunk(data: bytes) -> Chunk:
    event = _decode(data, StreamAnswer)
    if event.error is not None:
        raise UpstreamError("The model failed in the middle of its answer.")
    delta = event.choices[0].delta if event.choices else {}
    return Chunk(
        data,
        text=str(delta.get("content") or ""),
        finish_reason=event.choices[0].finish_reason if event.choices else None,
        usage=event.usage,
        is_usage_only=not event.choices and event.usage is not None,
        is_text=not delta.get("tool_calls") and all(c.index == 0 for c in event.choices),
    )


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for data in read_events(response.content.iter_any()):
            yield data
    except (aiohttp.ClientError, OSError) as error:
        raise UpstreamError("The model broke off in the middle of its answer.") from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    try:
        return await response.read()
    except (aiohttp.ClientError, OSError) as error:
        raise UpstreamError("The model broke off in the middle of its answer.") from error


async def _failure(response: aiohttp.ClientResponse) -> Exception:
    status = response.status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        retry = response.headers.get("Retry-After", "")
        wait = int(retry) if retry.isdigit() else 1
        return UpstreamBusyError("The model's own limit is reached.", retry_after_s=wait)
    if status in {400, 413, 422}:
        return UpstreamRejectedError(
            f"The model refused the request: {_reason(await _read(response))}"
        )
    error = UpstreamError(f"The model answered with status {status}.")
    return _AgainError(error) if status in _AGAIN else error


def _reason(body: bytes) -> str:
    try:
        return str(msgspec.json.decode(body)["error"]["message"])[:_MESSAGE_BYTES]
    except (msgspec.DecodeError, KeyError, TypeError):
        return "it gave no reason."


def _decode(data: bytes, kind: type[Any]) -> Any:  # noqa: ANN401 - what `kind` says
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise UpstreamError("The model sent something that is not an answer.") from error
