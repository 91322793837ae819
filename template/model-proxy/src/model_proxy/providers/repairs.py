"""Where providers leave OpenAI's wire format, an answer is mended before a client reads it.

Seen in the wild: Gemini streams tool calls without their index and ends them with ``stop``; Azure
sends events that hold nothing but its filters' verdicts.
"""

from typing import Any

import msgspec

from model_proxy.answers import Answer, StreamAnswer


def repair_answer(body: bytes, answer: Answer) -> bytes:
    """Return the answer with the finish reason that its tool calls ask for."""
    if not any(c.finish_reason == "stop" and c.message.get("tool_calls") for c in answer.choices):
        return body
    whole = msgspec.json.decode(body, type=dict[str, Any])
    for choice in whole["choices"]:
        if choice["finish_reason"] == "stop" and choice["message"].get("tool_calls"):
            choice["finish_reason"] = "tool_calls"
    return msgspec.json.encode(whole)


class StreamRepair:
    """Mends the events of one stream of one choice."""

    def __init__(self) -> None:
        self._indices: dict[str, int] = {}

    def mend(self, data: bytes, event: StreamAnswer) -> bytes | None:
        """Return the event as OpenAI would write it, or None when it says nothing to a caller."""
        if not event.choices:
            return None if event.usage is None else data
        if not any(choice.delta or choice.finish_reason for choice in event.choices):
            return None
        calls = event.choices[0].delta.get("tool_calls")
        if not calls and not self._indices:
            return data
        return self._mend_calls(data, event, calls or [])

    def _mend_calls(self, data: bytes, event: StreamAnswer, calls: list[dict[str, Any]]) -> bytes:
        indices = [self._index(call) for call in calls]
        ends = event.choices[0].finish_reason == "stop"
        if not ends and all("index" in call for call in calls):
            return data
        whole = msgspec.json.decode(data, type=dict[str, Any])
        choice = whole["choices"][0]
        for call, index in zip(choice["delta"].get("tool_calls") or (), indices, strict=True):
            call["index"] = index
        if ends:
            choice["finish_reason"] = "tool_calls"
        return msgspec.json.encode(whole)

    def _index(self, call: dict[str, Any]) -> int:
        identifier = str(call.get("id") or "")
        last = max(self._indices.values(), default=-1)
        index = call.get("index")
        if not isinstance(index, int):
            # A part without an identifier continues the call before it.
            index = self._indices.get(identifier, last + 1) if identifier else max(last, 0)
        if identifier or last < 0:
            self._indices.setdefault(identifier, index)
        return index
