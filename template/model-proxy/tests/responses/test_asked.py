"""A request of the Responses API becomes the chat request that asks for the same."""

# covers R-0303

import json
from typing import Any

import msgspec
import pytest

from model_proxy.errors import BadRequestError
from model_proxy.responses.asked import ResponseRequest, chat_body

ASKED = {"model": "answer", "input": "Hello", "temperature": 0}
CALL = {
    "type": "function_call",
    "call_id": "call_1",
    "name": "get_weather",
    "arguments": '{"days":1}',
}


def translated(**fields: Any) -> Any:
    asked = msgspec.convert({**ASKED, **fields}, type=ResponseRequest)
    return json.loads(chat_body(asked))


def test_chat_body_says_what_the_items_say() -> None:
    given = [
        {"role": "user", "content": "Rain?"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I"}]},
        CALL,
        CALL | {"call_id": "call_2"},
        {"type": "function_call_output", "call_id": "call_1", "output": "Yes"},
        {"type": "function_call_output", "call_id": "call_2", "output": "No"},
        CALL | {"call_id": "call_3"},
    ]
    function = {"name": "get_weather", "arguments": '{"days":1}'}
    calls = [{"id": f"call_{n}", "type": "function", "function": function} for n in (1, 2, 3)]
    assert translated(instructions="Be brief.", input=given)["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": "I", "tool_calls": calls[:2]},
        {"role": "tool", "tool_call_id": "call_1", "content": "Yes"},
        {"role": "tool", "tool_call_id": "call_2", "content": "No"},
        {"role": "assistant", "content": None, "tool_calls": calls[2:]},
    ]


def test_chat_body_says_what_the_parts_say() -> None:
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AA"},
    ]
    (message,) = translated(input=[{"role": "user", "content": content}])["messages"]
    assert message["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        {
            "type": "file",
            "file": {"file_data": "data:application/pdf;base64,AA", "filename": "a.pdf"},
        },
    ]


def test_chat_body_says_what_the_options_say() -> None:
    schema = {"type": "object"}
    tool = {"type": "function", "name": "go", "parameters": schema, "strict": True}
    body = translated(
        max_output_tokens=9,
        stream=True,
        tools=[tool],
        tool_choice={"type": "function", "name": "go"},
        text={"format": {"type": "json_schema", "name": "v", "schema": schema, "strict": True}},
        reasoning={"effort": "low"},
        metadata={"order": "1"},
        include=["reasoning.encrypted_content"],
    )
    function = {"name": "go", "parameters": schema, "strict": True}
    shape = {"name": "v", "schema": schema, "strict": True}
    assert body == {
        "model": "answer",
        "messages": [{"role": "user", "content": "Hello"}],
        "temperature": 0.0,
        "max_completion_tokens": 9,
        "stream": True,
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": "go"}},
        "response_format": {"type": "json_schema", "json_schema": shape},
        "reasoning_effort": "low",
    }


def test_chat_body_names_the_place_of_a_malformed_item() -> None:
    with pytest.raises(BadRequestError, match=r"input\.0: .*role"):
        translated(input=[{"content": "Hello"}])
