"""The items of a streamed answer while they are being written; each says itself in events."""

from collections.abc import Iterator
from typing import Any

from model_proxy.responses.written import Kind, call_item, message_item, part

Event = tuple[str, dict[str, Any]]
"""An event's type, and its fields."""


class MessageItem:
    """Words, or a refusal."""

    def __init__(self, identifier: str, index: int, kind: Kind) -> None:
        self.kind = kind
        self._identifier = identifier
        self._index = index
        self._pieces: list[str] = []
        self._place = {"item_id": f"msg_{identifier}", "output_index": index, "content_index": 0}

    def begin(self) -> Iterator[Event]:
        """Announce the item and its only part."""
        item = message_item(self._identifier, "in_progress")
        yield "response.output_item.added", {"output_index": self._index, "item": item}
        yield "response.content_part.added", {**self._place, "part": part(self.kind, "")}

    def add(self, text: str) -> Event:
        """Say some more."""
        self._pieces.append(text)
        return f"response.{self.kind}.delta", {**self._place, "delta": text, **self._logprobs}

    def end(self, status: str) -> Iterator[Event]:
        """Say that this was all."""
        text = "".join(self._pieces)
        field = "refusal" if self.kind == "refusal" else "text"
        yield f"response.{self.kind}.done", {**self._place, field: text, **self._logprobs}
        yield "response.content_part.done", {**self._place, "part": part(self.kind, text)}
        item = self.item(status)
        yield "response.output_item.done", {"output_index": self._index, "item": item}

    def item(self, status: str) -> dict[str, Any]:
        """Return it as it is by now."""
        said = part(self.kind, "".join(self._pieces))
        return message_item(self._identifier, status, said)

    @property
    def _logprobs(self) -> dict[str, Any]:
        return {} if self.kind == "refusal" else {"logprobs": []}


class CallItem:
    """A function to call."""

    def __init__(self, identifier: str, index: int, call_id: str, name: str) -> None:
        self._identifier = identifier
        self._index = index
        self._call_id = call_id
        self._name = name
        self._pieces: list[str] = []
        self._place = {"item_id": f"fc_{identifier}", "output_index": index}

    def begin(self) -> Iterator[Event]:
        """Announce the call."""
        item = self.item("in_progress")
        yield "response.output_item.added", {"output_index": self._index, "item": item}

    def add(self, arguments: str) -> Event:
        """Say more of its arguments."""
        self._pieces.append(arguments)
        return "response.function_call_arguments.delta", {**self._place, "delta": arguments}

    def end(self, status: str) -> Iterator[Event]:
        """Say that this was all."""
        item = self.item(status)
        told = {**self._place, "name": self._name, "arguments": item["arguments"]}
        yield "response.function_call_arguments.done", told
        yield "response.output_item.done", {"output_index": self._index, "item": item}

    def item(self, status: str) -> dict[str, Any]:
        """Return it as it is by now."""
        arguments = "".join(self._pieces)
        item: dict[str, Any] = call_item(
            self._identifier, status, self._call_id, self._name, arguments
        )
        return item
