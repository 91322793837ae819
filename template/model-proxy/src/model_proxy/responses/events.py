"""A stream of chat chunks, retold as the Responses API's events."""

from collections.abc import Iterator
from typing import Any

import msgspec

from model_proxy.errors import ProxyError
from model_proxy.providers import Chunk
from model_proxy.responses.asked import ResponseRequest
from model_proxy.responses.items import CallItem, Event, MessageItem
from model_proxy.responses.whole import Function, rewrite
from model_proxy.responses.written import Counted, Identity, Kind, Outcome, response
from runtime.correlation import correlation_id


class CallPart(msgspec.Struct):
    """A part of a tool call; only the first has an identifier and a name."""

    index: int = 0
    id: str | None = None
    function: Function = msgspec.field(default_factory=Function)


class Delta(msgspec.Struct):
    """What a chunk adds besides plain text."""

    content: str | None = None
    refusal: str | None = None
    tool_calls: list[CallPart] | None = None


class ChunkChoice(msgspec.Struct):
    """The choice that is being written."""

    delta: Delta = msgspec.field(default_factory=Delta)


class ChatChunk(msgspec.Struct):
    """One event of the model's stream."""

    choices: list[ChunkChoice] = []
    usage: Counted | None = None


class ResponseForm:
    """Implements ``Form``: one answer in the Responses API's words.

    A message ends where a call begins; calls end with the answer, because models may write several
    at a time.
    """

    def __init__(self, asked: ResponseRequest) -> None:
        self._asked = asked
        self._identity: Identity | None = None
        self._sequence = 0
        self._items: list[MessageItem | CallItem] = []
        self._output: dict[int, dict[str, Any]] = {}
        self._message: MessageItem | None = None
        self._calls: dict[int, CallItem] = {}
        self._usage: Counted | None = None
        self._finish_reason: str | None = None

    def whole(self, body: bytes) -> bytes:
        """Return the answer in one piece."""
        return rewrite(self._asked, body)

    def event(self, chunk: Chunk) -> bytes:
        """Return the events that a chunk brings about."""
        self._finish_reason = chunk.finish_reason or self._finish_reason
        return self._encode([*self._opening(chunk), *self._retold(chunk)])

    def end(self) -> bytes:
        """Return the ends of what is open, and the whole answer; there is no ``[DONE]`` here."""
        outcome = Outcome.of(self._finish_reason)
        events = [*self._closing(outcome.of_items)]
        return self._encode([*events, (f"response.{outcome.status}", self._state(outcome))])

    def failure(self, error: ProxyError) -> bytes:
        """Return what went wrong, and the answer as far as it came."""
        told = {"code": error.code, "message": error.message, "param": error.param}
        # The code's values are a closed list there; ours is in the event before it.
        outcome = Outcome("failed", error={"code": "server_error", "message": error.message})
        told["correlation_id"] = correlation_id()
        return self._encode([("error", told), ("response.failed", self._state(outcome))])

    def _opening(self, chunk: Chunk) -> Iterator[Event]:
        if self._identity is None:
            self._identity = msgspec.json.decode(chunk.data, type=Identity)
            yield "response.created", self._state(Outcome())
            yield "response.in_progress", self._state(Outcome())

    def _retold(self, chunk: Chunk) -> Iterator[Event]:
        if chunk.text and chunk.is_text and chunk.usage is None:
            yield from self._say("output_text", chunk.text)
            return
        read = msgspec.json.decode(chunk.data, type=ChatChunk)
        self._usage = read.usage or self._usage
        for choice in read.choices[:1]:
            yield from self._say("output_text", choice.delta.content)
            yield from self._say("refusal", choice.delta.refusal)
            for call in choice.delta.tool_calls or ():
                yield from self._call(call)

    def _say(self, kind: Kind, text: str | None) -> Iterator[Event]:
        if not text:
            return
        message = self._message
        if message is None or message.kind != kind:
            yield from self._end_message("completed")
            index = len(self._items)
            message = self._message = MessageItem(self._name(index), index, kind)
            self._items.append(message)
            yield from message.begin()
        yield message.add(text)

    def _call(self, told: CallPart) -> Iterator[Event]:
        call = self._calls.get(told.index)
        if call is None:
            yield from self._end_message("completed")
            index = len(self._items)
            call = CallItem(self._name(index), index, told.id or "", told.function.name)
            self._calls[told.index] = call
            self._items.append(call)
            yield from call.begin()
        if told.function.arguments:
            yield call.add(told.function.arguments)

    def _end_message(self, status: str) -> Iterator[Event]:
        if self._message is not None:
            yield from self._message.end(status)
            self._output[self._items.index(self._message)] = self._message.item(status)
            self._message = None

    def _closing(self, status: str) -> Iterator[Event]:
        yield from self._end_message(status)
        for call in self._calls.values():
            yield from call.end(status)
            self._output[self._items.index(call)] = call.item(status)

    def _state(self, outcome: Outcome) -> dict[str, Any]:
        output = [
            self._output.get(index) or item.item("incomplete")
            for index, item in enumerate(self._items)
        ]
        identity = self._identity or Identity()
        return {"response": response(self._asked, identity, outcome, output, self._usage)}

    def _name(self, index: int) -> str:
        return f"{(self._identity or Identity()).suffix}_{index}"

    def _encode(self, events: list[Event]) -> bytes:
        return b"".join(self._encoded(kind, fields) for kind, fields in events)

    def _encoded(self, kind: str, fields: dict[str, Any]) -> bytes:
        event = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return b"event: %s\ndata: %s\n\n" % (kind.encode(), msgspec.json.encode(event))
