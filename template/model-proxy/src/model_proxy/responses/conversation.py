"""The items of a conversation, as the Responses API has them, turned into chat messages."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec

from model_proxy.errors import BadRequestError, UnsupportedError

Item = dict[str, Any]
Shape = TypeVar("Shape")


class Turn(msgspec.Struct):
    """Something said."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | list[Item]


class FunctionCall(msgspec.Struct):
    """A function that the model wanted to be called."""

    call_id: str
    name: str
    arguments: str


class FunctionCallOutput(msgspec.Struct):
    """What came of it."""

    call_id: str
    output: str | list[Item]


class Words(msgspec.Struct):
    """Text, of whomever."""

    text: str


class Refusal(msgspec.Struct):
    """An answer that is none."""

    refusal: str


class Image(msgspec.Struct):
    """A picture by its address, or as a data URL."""

    image_url: str
    detail: str | None = None


class File(msgspec.Struct):
    """A file that comes with the request."""

    file_data: str
    filename: str | None = None


def chat_messages(instructions: str | None, given: str | list[Item]) -> list[Item]:
    """Return the conversation as chat messages.

    Raises:
        BadRequestError: an item is malformed.
        UnsupportedError: an item is kept at a provider, or is a tool's that no caller runs.
    """
    messages: list[Item] = []
    if instructions:
        messages.append({"role": "system", "content": instructions})
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    for index, item in enumerate(items):
        place = f"input.{index}"
        kind = str(item.get("type") or "message")
        if kind not in _ITEMS:
            raise UnsupportedError(_unknown(kind, _ITEMS), param=place)
        _ITEMS[kind](messages, item, place)
    return messages


def _add_turn(messages: list[Item], item: Item, place: str) -> None:
    turn = _read(item, Turn, place)
    messages.append({"role": turn.role, "content": _content(turn.content, place)})


def _add_call(messages: list[Item], item: Item, place: str) -> None:
    call = _read(item, FunctionCall, place)
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": None})
    function = {"name": call.name, "arguments": call.arguments}
    wire = {"id": call.call_id, "type": "function", "function": function}
    messages[-1].setdefault("tool_calls", []).append(wire)


def _add_output(messages: list[Item], item: Item, place: str) -> None:
    made = _read(item, FunctionCallOutput, place)
    content = _content(made.output, place)
    messages.append({"role": "tool", "tool_call_id": made.call_id, "content": content})


def _content(content: str | list[Item], place: str) -> str | list[Item]:
    if isinstance(content, str):
        return content
    parts = [_part(part, f"{place}.content.{index}") for index, part in enumerate(content)]
    # Most servers know a text best as one.
    return str(parts[0]["text"]) if len(parts) == 1 and "text" in parts[0] else parts


def _part(part: Item, place: str) -> Item:
    kind = str(part.get("type"))
    if kind not in _PARTS:
        raise UnsupportedError(_unknown(kind, _PARTS), param=place)
    return _PARTS[kind](part, place)


def _words(part: Item, place: str) -> Item:
    return {"type": "text", "text": _read(part, Words, place).text}


def _refusal(part: Item, place: str) -> Item:
    return {"type": "refusal", "refusal": _read(part, Refusal, place).refusal}


def _image(part: Item, place: str) -> Item:
    image = _read(part, Image, place)
    detail = {"detail": image.detail} if image.detail else {}
    return {"type": "image_url", "image_url": {"url": image.image_url, **detail}}


def _file(part: Item, place: str) -> Item:
    file = _read(part, File, place)
    name = {"filename": file.filename} if file.filename else {}
    return {"type": "file", "file": {"file_data": file.file_data, **name}}


def _read(item: Item, shape: type[Shape], place: str) -> Shape:
    try:
        return msgspec.convert(item, type=shape)
    except msgspec.ValidationError as error:
        raise BadRequestError(f"{place}: {error}.", param=place) from error


def _unknown(kind: str, known: dict[str, Any]) -> str:
    return f"{kind!r} can't be sent here; these can: {', '.join(known)}."


_ITEMS: dict[str, Callable[[list[Item], Item, str], None]] = {
    "message": _add_turn,
    "function_call": _add_call,
    "function_call_output": _add_output,
}
_PARTS: dict[str, Callable[[Item, str], Item]] = {
    "input_text": _words,
    "output_text": _words,
    "refusal": _refusal,
    "input_image": _image,
    "input_file": _file,
}
