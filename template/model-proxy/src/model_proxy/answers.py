"""OpenAI's answer shapes, for answers that this proxy writes or repeats itself."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from model_proxy.providers import Chunk, Completion
from model_proxy.wire import Usage

# Zero, so that the same question to the same model gives the same bytes.
CREATED = 0
_PIECES = re.compile(r"\s*\S+|\s+$")


class Choice(msgspec.Struct):
    """The part of a choice that this proxy reads."""

    message: dict[str, Any] = {}
    finish_reason: str | None = None


class Answer(msgspec.Struct):
    """The part of a completion that this proxy reads."""

    id: str = ""
    model: str = ""
    choices: list[Choice] = []
    usage: Usage | None = None


class StreamChoice(msgspec.Struct):
    """The part of a streamed choice that this proxy reads."""

    delta: dict[str, Any] = {}
    finish_reason: str | None = None
    index: int = 0


class StreamAnswer(msgspec.Struct):
    """The part of a stream's event that is read; ``error`` is how providers fail mid-stream."""

    id: str = ""
    model: str = ""
    choices: list[StreamChoice] = []
    usage: Usage | None = None
    error: Any = None


def completion(
    identifier: str, model: str, text: str, finish_reason: str, usage: Usage
) -> Completion:
    """Return a whole answer in one piece."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    body = {
        "id": identifier,
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }
    return Completion(msgspec.json.encode(body), usage)


def chunks(
    identifier: str, model: str, text: str, finish_reason: str, usage: Usage
) -> Iterator[Chunk]:
    """Yield the same answer word by word: role, words, finish reason, usage."""
    head = {
        "id": identifier,
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model,
    }
    yield _chunk(head, {"role": "assistant", "content": ""})
    for piece in _PIECES.findall(text):
        yield _chunk(head, {"content": piece}, text=piece)
    yield _chunk(head, {}, finish_reason=finish_reason)
    data = msgspec.json.encode({**head, "choices": [], "usage": usage})
    yield Chunk(data, usage=usage, is_usage_only=True)


def replay(body: bytes) -> Iterator[Chunk]:
    """Yield a whole answer word by word; what is more than words comes before the end."""
    answer = msgspec.json.decode(body, type=Answer)
    choice = answer.choices[0]
    text, reason = choice.message.get("content") or "", choice.finish_reason or "stop"
    for chunk in chunks(answer.id, answer.model, text, reason, answer.usage or Usage()):
        if chunk.finish_reason and (more := _more_than_words(choice.message)):
            head = {"id": answer.id, "object": "chat.completion.chunk", "created": CREATED}
            whole = {**head, "model": answer.model, "choices": [{"index": 0, "delta": more}]}
            yield Chunk(msgspec.json.encode(whole), is_text=False)
        yield chunk


def _more_than_words(message: dict[str, Any]) -> dict[str, Any]:
    calls = [{"index": index, **call} for index, call in enumerate(message.get("tool_calls") or ())]
    more = {"tool_calls": calls, "refusal": message.get("refusal")}
    return {name: value for name, value in more.items() if value}


def _chunk(
    head: dict[str, Any], delta: dict[str, str], *, text: str = "", finish_reason: str | None = None
) -> Chunk:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    data = msgspec.json.encode({**head, "choices": [choice]})
    return Chunk(data, text=text, finish_reason=finish_reason)
