"""One chat as it is recorded: the request and the answer, both redacted, and what it took."""

import time
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from model_proxy.errors import ProxyError
from model_proxy.invariants import Invariants
from model_proxy.providers import (
    ChatCall,
    Chunk,
    Completion,
    EmbeddingCall,
    Embeddings,
    Provider,
)
from model_proxy.records import Recorder
from model_proxy.redaction import Redactor
from model_proxy.wire import Usage
from runtime.correlation import correlation_id

FORMAT = 1
DATA = "[DATA]"
# What the program sets, not people; the rest of a request is redacted.
_AS_IT_IS = frozenset({"tools", "functions", "response_format", "tool_choice", "function_call"})
_LEFT_OUT = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key"})
_BINARY = frozenset({"image_url", "input_audio", "file"})

Now = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Exchange(msgspec.Struct):
    """One line of the record."""

    time: str
    correlation_id: str
    use_case: str
    prompt_hash: str
    model: str
    version: str
    request: dict[str, Any]
    message: dict[str, Any] | None
    finish_reason: str | None
    error: str | None
    usage: Usage
    duration_ms: float
    format: int = FORMAT
    prompt_name: str = ""
    prompt_version: str = ""
    dataset: str = ""


@dataclass
class Heard:
    """What has come back so far."""

    text: list[str] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)
    body: bytes = b""
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None

    def hear(self, chunk: Chunk) -> None:
        """Take note of one event; those with more than text are kept whole until they are told."""
        self.text.append(chunk.text)
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self.usage = chunk.usage or self.usage
        if not chunk.is_text:
            self.events.append(chunk.data)

    def message(self) -> tuple[dict[str, Any] | None, str | None]:
        """Return the message and its finish reason, however it came."""
        if self.body:
            choice = msgspec.json.decode(self.body)["choices"][0]
            return choice["message"], choice.get("finish_reason")
        if not self.text:
            return None, None
        calls = _calls(self.events)
        message = {"role": "assistant", "content": "".join(self.text)}
        return message | ({"tool_calls": calls} if calls else {}), self.finish_reason


@dataclass(frozen=True)
class RecordedProvider:
    """Implements ``Provider``: the model behind it, and a record of each chat with it."""

    inner: Provider
    recorder: Recorder
    prompts: Invariants
    now: Now = _now

    async def complete(self, call: ChatCall) -> Completion:
        """Return the whole answer."""
        heard, started, error = Heard(), time.perf_counter(), "cancelled"
        try:
            completion = await self.inner.complete(call)
            heard.body, heard.usage, error = completion.body, completion.usage, ""
        except ProxyError as failure:
            error = failure.code
            raise
        else:
            return completion
        finally:
            self._record(call, heard, started, error)

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the answer as it is written."""
        heard, started, error = Heard(), time.perf_counter(), "cancelled"
        try:
            async with aclosing(self.inner.stream(call)) as chunks:
                async for chunk in chunks:
                    heard.hear(chunk)
                    yield chunk
            error = ""
        except ProxyError as failure:
            error = failure.code
            raise
        finally:
            self._record(call, heard, started, error)

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return the texts' vectors; whole documents are not recorded."""
        return await self.inner.embed(call)

    def _record(self, call: ChatCall, heard: Heard, started: float, error: str) -> None:
        took_ms = round((time.perf_counter() - started) * 1000, 1)
        at, identifier = self.now().isoformat(), correlation_id()
        self.recorder.take(
            lambda: msgspec.json.encode(
                self._named(write_exchange(call, heard, at, identifier, took_ms, error))
            )
        )

    def _named(self, exchange: Exchange) -> Exchange:
        if prompt := self.prompts.prompt(exchange.prompt_hash):
            exchange.prompt_name, exchange.prompt_version = prompt.name, str(prompt.version)
        return exchange


def recorded(provider: Provider, recorder: Recorder | None, prompts: Invariants) -> Provider:
    """Return the model, with a record of its chats where one is wanted.

    ``prompts`` knows the templates by their hashes.
    """
    return provider if recorder is None else RecordedProvider(provider, recorder, prompts)


def write_exchange(
    call: ChatCall, heard: Heard, at: str, identifier: str, took_ms: float, error: str
) -> Exchange:
    """Return the exchange without anything personal in it."""
    fields = msgspec.json.decode(call.body, type=dict[str, Any])
    message, finish_reason = heard.message()
    redactor = Redactor()
    redactor.learn([fields.get("messages"), message])
    return Exchange(
        time=at,
        correlation_id=identifier,
        use_case=call.caller.use_case,
        prompt_hash=call.caller.prompt_hash,
        model=call.model.name,
        version=call.model.version,
        request=_request(redactor, fields),
        message=_message(redactor, message) if message else None,
        finish_reason=finish_reason,
        error=error or None,
        usage=heard.usage,
        duration_ms=took_ms,
        dataset=call.caller.dataset,
    )


def _request(redactor: Redactor, fields: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in fields.items() if name not in _LEFT_OUT}
    kept["messages"] = [_message(redactor, message) for message in fields.get("messages", ())]
    return {
        name: value if name in _AS_IT_IS or name == "messages" else redactor.value(value)
        for name, value in kept.items()
    }


def _message(redactor: Redactor, message: dict[str, Any]) -> dict[str, Any]:
    calls = message.get("tool_calls")
    plain = {name: value for name, value in message.items() if name not in {"name", "tool_calls"}}
    if isinstance(plain.get("content"), list):
        plain["content"] = [_part(part) for part in plain["content"]]
    redacted: dict[str, Any] = redactor.value(plain)
    return redacted | ({"tool_calls": [_call(redactor, call) for call in calls]} if calls else {})


def _part(part: dict[str, Any]) -> dict[str, Any]:
    return {name: DATA if name in _BINARY else value for name, value in part.items()}


def _call(redactor: Redactor, call: dict[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    arguments = redactor.arguments(str(function.get("arguments", "")))
    return {**call, "function": {"name": function.get("name"), "arguments": arguments}}


def _calls(events: Iterable[bytes]) -> list[dict[str, Any]]:
    """Put streamed tool calls together, by their index."""
    calls: dict[int, dict[str, Any]] = {}
    for event in events:
        for choice in msgspec.json.decode(event)["choices"][:1]:
            for part in choice["delta"].get("tool_calls") or ():
                function = part.get("function") or {}
                call = calls.setdefault(
                    part["index"], {"type": "function", "function": {"name": "", "arguments": ""}}
                )
                call["id"] = part.get("id") or call.get("id")
                call["function"]["name"] += function.get("name") or ""
                call["function"]["arguments"] += function.get("arguments") or ""
    return [call for _, call in sorted(calls.items())]
