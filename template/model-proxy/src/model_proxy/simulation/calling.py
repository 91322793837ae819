"""Tool calls of the deterministic model: which tool, with which arguments."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from model_proxy.answers import CREATED
from model_proxy.providers import Chunk, Completion
from model_proxy.simulation.examples import Example
from model_proxy.simulation.prompts import Prompt
from model_proxy.simulation.words import terms
from model_proxy.wire import ChatRequest, Usage

UNKNOWN_TOOL = "delete_everything"


@dataclass(frozen=True)
class ToolCall:
    """One call, its arguments as JSON."""

    name: str
    arguments: str

    @property
    def identifier(self) -> str:
        """The same for the same call."""
        return f"call_{hashlib.sha256(f'{self.name} {self.arguments}'.encode()).hexdigest()[:24]}"

    @property
    def wire(self) -> dict[str, Any]:
        """The call as OpenAI writes it."""
        function = {"name": self.name, "arguments": self.arguments}
        return {"id": self.identifier, "type": "function", "function": function}


def choose_call(request: ChatRequest, prompt: Prompt) -> ToolCall | None:
    """Return the call that the request forces, or that the question asks for in a tool's words."""
    functions = [tool["function"] for tool in request.tools or () if "function" in tool]
    if not functions or request.tool_choice == "none" or request.messages[-1].role == "tool":
        return None
    if isinstance(request.tool_choice, dict):
        wanted = request.tool_choice.get("function", {}).get("name")
        functions = [function for function in functions if function.get("name") == wanted]
    best = max(functions, key=lambda f: _fit(f, prompt.question), default=None)
    is_forced = request.tool_choice not in (None, "auto")
    if best is None or not (is_forced or _fit(best, prompt.question)):
        return None
    schema = best.get("parameters") or {}
    example = Example(schema, prompt.question, prompt.question, request.seed or 0)
    arguments = example.write({"type": "object", **schema})
    return ToolCall(str(best["name"]), msgspec.json.encode(arguments).decode())


def call_completion(identifier: str, model: str, call: ToolCall, usage: Usage) -> Completion:
    """Return a whole answer that is one tool call."""
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call.wire]}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls"}
    body = {
        "id": identifier,
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }
    return Completion(msgspec.json.encode(body), usage)


def call_chunks(identifier: str, model: str, call: ToolCall, usage: Usage) -> Iterator[Chunk]:
    """Yield the same call in pieces: its name, its arguments in two halves, the end, the usage."""
    head = {
        "id": identifier,
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model,
    }
    function = {"name": call.name, "arguments": ""}
    begun = {"index": 0, "id": call.identifier, "type": "function", "function": function}
    yield _chunk(head, {"role": "assistant", "content": None, "tool_calls": [begun]})
    middle = len(call.arguments) // 2
    for part in (call.arguments[:middle], call.arguments[middle:]):
        yield _chunk(head, {"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
    yield _chunk(head, {}, finish_reason="tool_calls")
    data = msgspec.json.encode({**head, "choices": [], "usage": usage})
    yield Chunk(data, usage=usage, is_usage_only=True)


def _chunk(
    head: dict[str, Any], delta: dict[str, Any], *, finish_reason: str | None = None
) -> Chunk:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    data = msgspec.json.encode({**head, "choices": [choice]})
    return Chunk(data, finish_reason=finish_reason, is_text=not delta)


def _fit(function: Mapping[str, Any], question: str) -> int:
    described = f"{function.get('name', '')} {function.get('description', '')}".replace("_", " ")
    return len(set(terms(described)) & set(terms(question)))
