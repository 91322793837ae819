"""OpenAI's own clients, for Python and for JavaScript, work against the proxy unchanged."""

# covers R-0303

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from pydantic import BaseModel

CLIENTS = Path(__file__).parents[1] / "clients"
KEY = "key-of-the-test"
BASE: dict[str, Any] = {"model": "answer", "temperature": 0}
QUESTION: Any = [{"role": "user", "content": "[1] (Tea) Tea is hot.\n\nQuestion: Is tea hot?"}]
WEATHER: Any = [{"role": "user", "content": "What is the weather in Oslo?"}]
FUNCTION: Any = {
    "name": "get_weather",
    "description": "The weather of a place",
    "strict": True,
    "parameters": {
        "type": "object",
        "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 1}},
        "required": ["days"],
        "additionalProperties": False,
    },
}
TOOL: Any = {"type": "function", "function": FUNCTION}
ASKED: dict[str, Any] = {"model": "answer", "temperature": 0, "input": QUESTION}
CALL = {"name": "get_weather", "arguments": {"days": 1}, "finish_reason": "tool_calls"}
EXPECTED: dict[str, Any] = {
    "answer": {"text": "Tea is hot [1].", "tokens": 15},
    "stream": {"text": "Tea is hot [1].", "tokens": 15},
    "tool": {**CALL, "text": "The tool said: Rain"},
    "streamedTool": CALL,
    "structured": {"topic": "tea", "score": 3},
    "embeddings": {"count": 2, "length": 384, "norm": 1.0},
    "models": {"has": True, "root": "deterministic-answer"},
    "failures": [
        {"status": 404, "code": "model_not_found", "param": "model"},
        {"status": 401, "code": "invalid_api_key", "param": None},
        {"status": 400, "code": "invalid_request", "param": "messages"},
        {"status": 400, "code": "unsupported", "param": "previous_response_id"},
    ],
    "brokenStream": {"began": True, "code": "upstream_failed"},
    "response": {"text": "Tea is hot [1].", "tokens": 15, "store": False},
    "responseStream": {"text": "Tea is hot [1].", "said": "Tea is hot [1].", "tokens": 15},
    "responseTool": {
        "arguments": {"days": 1},
        "streamed": {"days": 1},
        "text": "The tool said: Rain",
    },
    "responseParsed": {"topic": "tea", "score": 3},
    "brokenResponse": {"began": True, "code": "upstream_failed", "status": "failed"},
}
for failure in EXPECTED["failures"]:
    failure |= {"is_kind": True, "has_id": True}


class Verdict(BaseModel):
    """What the structured answer holds."""

    topic: str
    score: int


SCHEMA: Any = Verdict.model_json_schema() | {
    "additionalProperties": False,
    "properties": {
        "topic": {"enum": ["tea", "milk"]},
        "score": {"type": "integer", "minimum": 3, "maximum": 3},
    },
}


async def python(url: str) -> dict[str, Any]:
    """Return what the Python client got, in the shape that openai.mjs prints."""
    async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
        return {
            "answer": await answer(client),
            "stream": await stream(client),
            "tool": await tool(client),
            "streamedTool": await streamed_tool(client),
            "structured": await structured(client),
            "embeddings": await embeddings(client),
            "models": await models(client),
            "failures": await failures(client),
            "brokenStream": await broken_stream(client),
            "response": await response(client),
            "responseStream": await response_stream(client),
            "responseTool": await response_tool(client),
            "responseParsed": await response_parsed(client),
            "brokenResponse": await broken_response(client),
        }


async def javascript(url: str) -> dict[str, Any]:
    """Return what the JavaScript client got."""
    node = shutil.which("node")
    if not node or not (CLIENTS / "node_modules").is_dir():
        pytest.skip("clients has no node_modules (run `make setup`): JavaScript is NOT tested")
    process = await asyncio.create_subprocess_exec(
        *(node, "openai.mjs", url, KEY), cwd=CLIENTS, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    report: dict[str, Any] = json.loads(output)
    return report


@pytest.mark.parametrize("client", [python, javascript])
async def test_client_works_unchanged(
    start: Any, client: Callable[[str], Awaitable[dict[str, Any]]]
) -> None:
    async with start(chat_cache_ttl_s=0) as proxy:
        assert await client(f"{proxy.url}/v1") == EXPECTED


async def answer(client: openai.AsyncOpenAI) -> dict[str, Any]:
    made = await client.chat.completions.create(**BASE, messages=QUESTION)
    assert made.usage
    return {"text": made.choices[0].message.content, "tokens": made.usage.total_tokens}


async def stream(client: openai.AsyncOpenAI) -> dict[str, Any]:
    events = await client.chat.completions.create(
        **BASE, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    text, tokens = "", None
    async for event in events:
        text += (event.choices[0].delta.content or "") if event.choices else ""
        tokens = event.usage.total_tokens if event.usage else tokens
    return {"text": text, "tokens": tokens}


async def tool(client: openai.AsyncOpenAI) -> dict[str, Any]:
    made = await client.chat.completions.create(**BASE, messages=WEATHER, tools=[TOOL])
    message = made.choices[0].message
    call = (message.tool_calls or [])[0]
    assert call.type == "function"
    said = {"role": "tool", "tool_call_id": call.id, "content": "Rain"}
    turns = [*WEATHER, message.to_dict(), said]
    after = await client.chat.completions.create(**BASE, messages=turns, tools=[TOOL])
    return {
        "name": call.function.name,
        "arguments": json.loads(call.function.arguments),
        "finish_reason": made.choices[0].finish_reason,
        "text": after.choices[0].message.content,
    }


async def streamed_tool(client: openai.AsyncOpenAI) -> dict[str, Any]:
    async with client.chat.completions.stream(**BASE, messages=WEATHER, tools=[TOOL]) as events:
        made = await events.get_final_completion()
    call = (made.choices[0].message.tool_calls or [])[0]
    arguments = json.loads(call.function.arguments)
    reason = made.choices[0].finish_reason
    return {"name": call.function.name, "arguments": arguments, "finish_reason": reason}


async def structured(client: openai.AsyncOpenAI) -> dict[str, Any]:
    shape: Any = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA}}
    made = await client.chat.completions.create(**BASE, messages=QUESTION, response_format=shape)
    parsed = await client.chat.completions.parse(**BASE, messages=QUESTION, response_format=Verdict)
    assert isinstance(parsed.choices[0].message.parsed, Verdict)
    return Verdict.model_validate_json(made.choices[0].message.content or "").model_dump()


async def embeddings(client: openai.AsyncOpenAI) -> dict[str, Any]:
    made = await client.embeddings.create(model="embed", input=["tea", "milk"])
    vector = made.data[0].embedding
    norm = round(sum(value * value for value in vector), 3)
    return {"count": len(made.data), "length": len(vector), "norm": norm}


async def models(client: openai.AsyncOpenAI) -> dict[str, Any]:
    names = [model.id async for model in client.models.list()]
    model: Any = await client.models.retrieve("answer")
    return {"has": "answer" in names, "root": model.root}


async def failures(client: openai.AsyncOpenAI) -> list[dict[str, Any]]:
    create = client.chat.completions.create
    stranger = client.with_options(api_key="another")
    return [
        await refused(openai.NotFoundError, create(model="none", messages=QUESTION)),
        await refused(openai.AuthenticationError, stranger.models.retrieve("answer")),
        await refused(openai.BadRequestError, create(**BASE, messages=[])),
        await refused(
            openai.BadRequestError,
            client.responses.create(model="answer", input="?", previous_response_id="resp_1"),
        ),
    ]


async def refused(kind: type[openai.APIStatusError], call: Awaitable[Any]) -> dict[str, Any]:
    with pytest.raises(openai.APIStatusError) as error:
        await call
    body: Any = error.value.body
    return {
        "is_kind": isinstance(error.value, kind),
        "status": error.value.status_code,
        "code": error.value.code,
        "param": error.value.param,
        "has_id": bool(body["correlation_id"]),
    }


async def broken_stream(client: openai.AsyncOpenAI) -> dict[str, Any]:
    events = await client.chat.completions.create(
        **BASE, messages=QUESTION, stream=True, extra_headers={"X-Model-Fault": "truncate"}
    )
    text = ""
    try:
        async for event in events:
            text += event.choices[0].delta.content or ""
    except openai.APIError as error:
        return {"began": bool(text), "code": error.code}
    return {}


async def response(client: openai.AsyncOpenAI) -> dict[str, Any]:
    made: Any = await client.responses.create(**ASKED)
    return {"text": made.output_text, "tokens": made.usage.total_tokens, "store": made.store}


async def response_stream(client: openai.AsyncOpenAI) -> dict[str, Any]:
    said = ""
    async with client.responses.stream(**ASKED) as events:
        async for event in events:
            said += event.delta if event.type == "response.output_text.delta" else ""
        made: Any = await events.get_final_response()
    return {"text": made.output_text, "said": said, "tokens": made.usage.total_tokens}


async def response_tool(client: openai.AsyncOpenAI) -> dict[str, Any]:
    asked: dict[str, Any] = {**ASKED, "tools": [{"type": "function", **FUNCTION}]}
    made: Any = await client.responses.create(**asked | {"input": WEATHER})
    (call,) = made.output
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "Rain"}
    after: Any = await client.responses.create(
        **asked | {"input": [*WEATHER, *made.output, result]}
    )
    async with client.responses.stream(**asked | {"input": WEATHER}) as events:
        streamed: Any = (await events.get_final_response()).output[0]
    return {
        "arguments": json.loads(call.arguments),
        "streamed": json.loads(streamed.arguments),
        "text": after.output_text,
    }


async def response_parsed(client: openai.AsyncOpenAI) -> dict[str, Any]:
    shape: Any = {"type": "json_schema", "name": "verdict", "strict": True, "schema": SCHEMA}
    made = await client.responses.create(**ASKED, text={"format": shape})
    parsed = await client.responses.parse(**ASKED, text_format=Verdict)
    assert isinstance(parsed.output_parsed, Verdict)
    return Verdict.model_validate_json(made.output_text).model_dump()


async def broken_response(client: openai.AsyncOpenAI) -> dict[str, Any]:
    fault = {"X-Model-Fault": "truncate"}
    events: Any = await client.responses.create(**ASKED, stream=True, extra_headers=fault)
    told = {event.type: event async for event in events}
    return {
        "began": "response.output_text.delta" in told,
        "code": told["error"].code,
        "status": told["response.failed"].response.status,
    }
