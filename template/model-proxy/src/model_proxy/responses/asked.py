"""What a caller of the Responses API asks for, and the chat request that asks for the same.

Nothing is stored here and no tool runs here, so whatever needs either is refused by name. The same
goes for a field that nobody here knows: an answer that silently is not what was asked for is worse
than none. Source: https://platform.openai.com/docs/api-reference/responses/create
"""

from typing import Annotated, Any, Literal

import msgspec

from model_proxy.errors import UnsupportedError
from model_proxy.responses.conversation import chat_messages
from model_proxy.wire import Positive

_STATELESS = "Nothing is stored here: send the whole conversation in input"
_HARMLESS: dict[str, tuple[tuple[object, ...], str]] = {
    "previous_response_id": ((None,), f"{_STATELESS}."),
    "conversation": ((None,), f"{_STATELESS}."),
    "store": ((None, False), f"{_STATELESS}, and store false or nothing."),
    "background": ((None, False), "Wait for the answer, or stream it."),
    "prompt": ((None,), "Prompts are files under prompts/: render one, and send X-Prompt-Hash."),
    "truncation": ((None, "disabled"), "Shorten input before you send it."),
    "top_logprobs": ((None, 0), "Ask /v1/chat/completions for probabilities."),
}
"""What each field may hold, and what to do instead."""
_UNUSED_INCLUDES = frozenset({"reasoning.encrypted_content"})
_AS_IT_IS = (
    *("temperature", "top_p", "parallel_tool_calls", "seed", "user"),
    *("safety_identifier", "prompt_cache_key", "service_tier"),
)


class TextFormat(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the words must be; ``schema`` and its name where the type says so."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = None
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class TextOptions(msgspec.Struct, forbid_unknown_fields=True):
    """How the words come."""

    format: TextFormat | None = None
    verbosity: str | None = None


class ReasoningOptions(msgspec.Struct, forbid_unknown_fields=True):
    """How hard to think."""

    effort: str | None = None
    summary: str | None = None


class ResponseRequest(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /v1/responses``."""

    model: str
    input: str | Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1)]
    instructions: str | None = None
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    max_output_tokens: Positive | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    max_tool_calls: int | None = None
    text: TextOptions | None = None
    reasoning: ReasoningOptions | None = None
    metadata: dict[str, str] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    service_tier: str | None = None
    include: list[str] | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    store: bool | None = None
    background: bool | None = None
    prompt: dict[str, Any] | None = None
    truncation: str | None = None
    top_logprobs: int | None = None


def chat_body(asked: ResponseRequest) -> bytes:
    """Return the chat request; what it can't say is refused.

    Raises:
        UnsupportedError: the request needs something stored, or a tool that the provider runs.
        BadRequestError: a part of the input can't be read.
    """
    _refuse(asked)
    fields: dict[str, Any] = {name: getattr(asked, name) for name in _AS_IT_IS}
    fields |= {
        "model": asked.model,
        "messages": chat_messages(asked.instructions, asked.input),
        "stream": asked.stream or None,
        "max_completion_tokens": asked.max_output_tokens,
        "tools": [_tool(tool) for tool in asked.tools or ()] or None,
        "tool_choice": _tool_choice(asked.tool_choice),
        "response_format": _response_format(asked.text),
        "verbosity": asked.text.verbosity if asked.text else None,
        "reasoning_effort": asked.reasoning.effort if asked.reasoning else None,
    }
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})


def _refuse(asked: ResponseRequest) -> None:
    for name, (harmless, instead) in _HARMLESS.items():
        if getattr(asked, name) not in harmless:
            raise UnsupportedError(f"{name} can't be honoured. {instead}", param=name)
    if unknown := set(asked.include or ()) - _UNUSED_INCLUDES:
        raise UnsupportedError(
            f"Not to be had here: {', '.join(sorted(unknown))}.", param="include"
        )
    if asked.reasoning and asked.reasoning.summary:
        raise UnsupportedError("Reasoning is not summarised here.", param="reasoning.summary")


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    if tool.get("type") != "function":
        kind = tool.get("type")
        raise UnsupportedError(
            f"No tool of type {kind!r} runs here: offer a function, and run it yourself.",
            param="tools",
        )
    function = {k: v for k, v in tool.items() if k != "type" and v is not None}
    return {"type": "function", "function": function}


def _tool_choice(choice: str | dict[str, Any] | None) -> str | dict[str, Any] | None:
    if not isinstance(choice, dict):
        return choice
    if choice.get("type") != "function":
        raise UnsupportedError("Choose a function by its name.", param="tool_choice")
    return {"type": "function", "function": {"name": choice.get("name")}}


def _response_format(text: TextOptions | None) -> dict[str, Any] | None:
    wanted = text.format if text else None
    if wanted is None or wanted.type == "text":
        return None
    fields = msgspec.to_builtins(wanted)
    kind = fields.pop("type")
    return {"type": kind} | ({"json_schema": fields} if kind == "json_schema" else {})
