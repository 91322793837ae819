"""A model may only call the tools that it was offered; anything else never reaches a caller."""

from collections.abc import Iterable
from typing import Any

from model_proxy.errors import UnexpectedToolCallError
from model_proxy.wire import ChatRequest


def offered_tools(request: ChatRequest) -> frozenset[str]:
    """Return the names of the tools that the request offers."""
    tools = (tool.get(str(tool.get("type", "function"))) for tool in request.tools or ())
    named = [*tools, *(request.functions or ())]
    return frozenset(str(tool["name"]) for tool in named if tool and "name" in tool)


def check_tool_calls(offered: frozenset[str], messages: Iterable[dict[str, Any]]) -> None:
    """Raise ``UnexpectedToolCallError`` when a message or delta calls a tool nobody offered."""
    for message in messages:
        for call in message.get("tool_calls") or ():
            # The later parts of a streamed call carry no name.
            name = (call.get(call.get("type") or "function") or {}).get("name")
            if name and name not in offered:
                raise UnexpectedToolCallError("The model called a tool that it was not offered.")
