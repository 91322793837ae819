"""A chat completion, rewritten as the Responses API's answer."""

from collections.abc import Iterator
from typing import Any

import msgspec

from model_proxy.responses.asked import ResponseRequest
from model_proxy.responses.written import (
    Counted,
    Identity,
    Outcome,
    call_item,
    message_item,
    part,
    response,
)


class Function(msgspec.Struct):
    """What is called, and with what."""

    name: str = ""
    arguments: str = ""


class Call(msgspec.Struct):
    """A tool call of a whole answer."""

    id: str = ""
    function: Function = msgspec.field(default_factory=Function)


class Message(msgspec.Struct):
    """What the model says."""

    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None


class Choice(msgspec.Struct):
    """The answer itself."""

    message: Message = msgspec.field(default_factory=Message)
    finish_reason: str | None = None


class ChatCompletion(Identity, frozen=True):
    """The parts of a completion that are told again."""

    choices: tuple[Choice, ...] = ()
    usage: Counted | None = None


def rewrite(asked: ResponseRequest, body: bytes) -> bytes:
    """Return the answer in the Responses API's words."""
    answer = msgspec.json.decode(body, type=ChatCompletion)
    choice = answer.choices[0]
    outcome = Outcome.of(choice.finish_reason)
    output = list(_items(answer.suffix, choice.message, outcome))
    return msgspec.json.encode(response(asked, answer, outcome, output, answer.usage))


def _items(suffix: str, message: Message, outcome: Outcome) -> Iterator[dict[str, Any]]:
    said = [part("output_text", message.content)] if message.content else []
    refused = [part("refusal", message.refusal)] if message.refusal else []
    if said or refused:
        yield message_item(f"{suffix}_0", outcome.of_items, *said, *refused)
    first = int(bool(said or refused))
    for index, call in enumerate(message.tool_calls or (), first):
        name, arguments = call.function.name, call.function.arguments
        yield call_item(f"{suffix}_{index}", outcome.of_items, call.id, name, arguments)
