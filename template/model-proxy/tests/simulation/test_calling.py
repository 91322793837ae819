"""Tool calls and misbehaviour of the deterministic model."""

# covers R-0302 R-0303

import json
from typing import Any

import openai
import pytest

from model_proxy.providers.deterministic import LEAKED_ADDRESS

PATH = "/v1/chat/completions"


def tool(name: str, description: str = "", **properties: Any) -> Any:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    function = {"name": name, "description": description, "parameters": schema}
    return {"type": "function", "function": function}


TOOLS = [tool("get_weather", days={"const": 2}), tool("send_mail", "Send a letter to somebody")]


def asked(question: str, **more: Any) -> dict[str, Any]:
    turns: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}]
    return {"model": "answer", "messages": turns, "temperature": 0, **more}


@pytest.mark.parametrize(
    ("question", "choice", "called"),
    [
        ("How is the weather?", "auto", "get_weather"),
        ("Please send a letter", "auto", "send_mail"),
        ("Who are you?", "auto", None),
        ("Who are you?", "required", "get_weather"),
        ("How is the weather?", "none", None),
        ("Who?", {"type": "function", "function": {"name": "send_mail"}}, "send_mail"),
    ],
)
async def test_tool_is_called_where_it_is_forced_or_asked_for(
    start: Any, question: str, choice: Any, called: str | None
) -> None:
    body = asked(question, tools=TOOLS, tool_choice=choice)
    async with start() as client, client.post(PATH, body) as response:
        message = (await response.json())["choices"][0]["message"]
    calls = message.get("tool_calls", [])
    assert [call["function"]["name"] for call in calls] == ([called] if called else [])


async def test_call_is_the_same_each_time_and_streamed_whole(start: Any) -> None:
    body = asked("How is the weather?", tools=TOOLS)
    async with start() as client:
        whole = await client.openai.chat.completions.create(**body)
        again = await client.openai.chat.completions.create(**body)
        stream = await client.openai.chat.completions.create(**body, stream=True)
        deltas = [chunk.choices[0].delta async for chunk in stream]
    assert whole == again
    parts = [delta.tool_calls[0] for delta in deltas if delta.tool_calls]
    assert parts[0].id == whole.choices[0].message.tool_calls[0].id
    assert json.loads("".join(part.function.arguments for part in parts)) == {"days": 2}


@pytest.mark.parametrize("stream", [True, False])
async def test_call_of_a_tool_that_nobody_offered_never_arrives(start: Any, stream: bool) -> None:
    body = asked("How is the weather?", tools=TOOLS, stream=stream)
    async with start() as client, client.post(PATH, body, X_Model_Fault="tool") as response:
        answer = await response.json()
    assert (response.status, answer["error"]["code"]) == (502, "unexpected_tool_call")


async def test_leak_tells_its_instructions_and_somebody_elses_address(start: Any) -> None:
    async with start() as client, client.post(PATH, asked("?"), X_Model_Fault="leak") as response:
        said = (await response.json())["choices"][0]["message"]["content"]
    assert "Be brief." in said
    assert LEAKED_ADDRESS in said


async def test_drift_leaves_the_schema_and_never_arrives(start: Any) -> None:
    shape = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"required": ["b"]}}}
    body = asked("?", response_format=shape)
    async with start() as client, client.post(PATH, body, X_Model_Fault="drift") as response:
        answer = await response.json()
    assert (response.status, answer["error"]["code"]) == (502, "answer_invalid")


async def test_hang_begins_and_then_never_ends(start: Any) -> None:
    body = asked("?", stream=True)
    async with start() as client, client.post(PATH, body, X_Model_Fault="hang") as response:
        assert response.status == 200
        assert (await response.content.readline()).startswith(b"data:")
        response.close()


async def test_more_answers_than_one_are_refused(start: Any) -> None:
    async with start() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.openai.chat.completions.create(**asked("?", n=2))
    assert refused.value.code == "unsupported"
