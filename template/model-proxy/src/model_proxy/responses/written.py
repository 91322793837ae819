"""The Responses API's answer object, and the items of its output."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from model_proxy.responses.asked import ResponseRequest
from runtime.correlation import correlation_id

Status = Literal["in_progress", "completed", "incomplete", "failed"]
Kind = Literal["output_text", "refusal"]
_TEXT = {"type": "text"}
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}
_ECHOED = (
    *("instructions", "max_output_tokens", "max_tool_calls", "temperature", "top_p", "user"),
    *("safety_identifier", "prompt_cache_key", "service_tier", "reasoning"),
)


class Details(msgspec.Struct):
    """What some of the tokens were."""

    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class Counted(msgspec.Struct):
    """The tokens of a chat completion, as far as the model tells."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    prompt_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None

    def wire(self) -> dict[str, Any]:
        """Return the same in the other API's words."""
        read = self.prompt_tokens_details or Details()
        wrote = self.completion_tokens_details or Details()
        return {
            "input_tokens": self.prompt_tokens,
            "input_tokens_details": {"cached_tokens": read.cached_tokens or 0},
            "output_tokens": self.completion_tokens,
            "output_tokens_details": {"reasoning_tokens": wrote.reasoning_tokens or 0},
            "total_tokens": self.total_tokens,
        }


class Identity(msgspec.Struct, frozen=True):
    """What a completion and each of its chunks say about themselves."""

    id: str = ""
    model: str = ""
    created: int = 0

    @property
    def suffix(self) -> str:
        """What the identifiers of the answer's parts have in common."""
        return self.id.removeprefix("chatcmpl-") or correlation_id()


@dataclass(frozen=True)
class Outcome:
    """How an answer ended, or that it has not yet."""

    status: Status = "in_progress"
    reason: str | None = None
    error: dict[str, str] | None = None

    @classmethod
    def of(cls, finish_reason: str | None) -> "Outcome":
        """Return what a chat completion's finish reason means."""
        reason = _REASONS.get(finish_reason or "")
        return cls("incomplete" if reason else "completed", reason)

    @property
    def of_items(self) -> str:
        """The status of the item that was being written."""
        return "completed" if self.status == "completed" else "incomplete"


def response(
    asked: ResponseRequest,
    identity: Identity,
    outcome: Outcome,
    output: list[dict[str, Any]],
    usage: Counted | None = None,
) -> dict[str, Any]:
    """Return the answer object."""
    return {
        "id": f"resp_{identity.suffix}",
        "object": "response",
        "created_at": identity.created,
        "status": outcome.status,
        "error": outcome.error,
        "incomplete_details": {"reason": outcome.reason} if outcome.reason else None,
        "model": identity.model or asked.model,
        "output": output,
        "usage": usage.wire() if usage else None,
        **_echo(asked),
    }


def message_item(identifier: str, status: str, *parts: dict[str, Any]) -> dict[str, Any]:
    """Return an item of words."""
    content = list(parts)
    return {
        "id": f"msg_{identifier}",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": content,
    }


def part(kind: Kind, text: str) -> dict[str, Any]:
    """Return a part of a message."""
    if kind == "refusal":
        return {"type": kind, "refusal": text}
    return {"type": kind, "text": text, "annotations": [], "logprobs": []}


def call_item(identifier: str, status: str, call_id: str, name: str, arguments: str) -> Any:  # noqa: ANN401 - JSON
    """Return an item that is a function to call."""
    return {
        "id": f"fc_{identifier}",
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def _echo(asked: ResponseRequest) -> dict[str, Any]:
    is_parallel = asked.parallel_tool_calls
    return {
        **{name: getattr(asked, name) for name in _ECHOED},
        "metadata": asked.metadata or {},
        "parallel_tool_calls": True if is_parallel is None else is_parallel,
        "text": {"format": (asked.text and asked.text.format) or _TEXT},
        "tool_choice": asked.tool_choice or "auto",
        "tools": asked.tools or [],
        "background": False,
        "previous_response_id": None,
        "store": False,
        "truncation": "disabled",
    }
