"""The Responses API says what chat completions say, stores nothing, and refuses by name."""

# covers R-0303, R-0206

import json
from typing import Any

import msgspec
import pytest

from model_proxy.errors import UpstreamError
from model_proxy.providers import Chunk
from model_proxy.responses.asked import ResponseRequest
from model_proxy.responses.events import ResponseForm
from model_proxy.testing import Reply, ScriptedAPI, serve
from runtime.correlation import bind_correlation_id

PATH = "/v1/responses"
ASKED = {"model": "answer", "input": "Hello", "temperature": 0}
QUESTION = "[1] (Tea) Tea is hot.\n\nQuestion: Is tea hot?"
USAGE = {
    "prompt_tokens": 7,
    "completion_tokens": 5,
    "total_tokens": 12,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 2},
}


def told(text: str) -> list[dict[str, Any]]:
    """Return the data of a stream's events, each after the line that names it."""
    events = []
    for event in text.removesuffix("\n\n").split("\n\n"):
        name, data = event.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    return events


async def through(start: Any, api: ScriptedAPI, asked: Any) -> list[dict[str, Any]]:
    """Return the events of an answer that a scripted API gives."""
    async with (
        serve(api) as url,
        start({"MODEL_BASE_URL": f"{url}/v1"}) as client,
        client.post(PATH, asked) as response,
    ):
        return told(await response.text())


def piece(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "chatcmpl-7", "model": "upstream-1", "created": 9, "choices": [choice], **more}


@pytest.mark.parametrize(
    ("fields", "param", "instead"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id", "whole conversation in input"),
        ({"conversation": "conv_1"}, "conversation", "whole conversation in input"),
        ({"store": True}, "store", "store false or nothing"),
        ({"background": True}, "background", "stream it"),
        ({"prompt": {"id": "p"}}, "prompt", "X-Prompt-Hash"),
        ({"truncation": "auto"}, "truncation", "Shorten"),
        ({"top_logprobs": 3}, "top_logprobs", "/v1/chat/completions"),
        ({"include": ["file_search_call.results"]}, "include", "file_search_call.results"),
        ({"reasoning": {"summary": "auto"}}, "reasoning.summary", "not summarised"),
        ({"tools": [{"type": "web_search"}]}, "tools", "run it yourself"),
        ({"tool_choice": {"type": "mcp"}}, "tool_choice", "by its name"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input.0", "can't be sent here"),
        ({"input": [{"role": "user", "content": [{"type": "?"}]}]}, "input.0.content.0", "can't"),
        ({"input": [{"type": "function_call"}]}, "input.0", "call_id"),
        ({"input": []}, "input", "length >= 1"),
        ({"n": 2}, None, "unknown field `n`"),
    ],
)
async def test_responses_refuses_by_name_and_says_what_to_do(
    start: Any, fields: Any, param: str | None, instead: str
) -> None:
    async with start() as client, client.post(PATH, ASKED | fields) as response:
        error = (await response.json())["error"]
    assert (response.status, error["param"]) == (400, param)
    assert instead in error["message"]


async def test_responses_answers_and_echoes_what_was_asked(start: Any) -> None:
    asked = ASKED | {"input": QUESTION, "metadata": {"order": "7"}, "max_output_tokens": 99}
    async with start() as client, client.post(PATH, asked) as response:
        made = await response.json()
    (item,) = made["output"]
    assert (made["status"], item["content"][0]["text"]) == ("completed", "Tea is hot [1].")
    assert (made["metadata"], made["max_output_tokens"]) == ({"order": "7"}, 99)
    assert (made["store"], made["error"], made["usage"]["total_tokens"]) == (False, None, 15)


async def test_responses_that_are_cut_short_say_so(start: Any) -> None:
    asked = ASKED | {"max_output_tokens": 1}
    async with start() as client:
        async with client.post(PATH, asked) as response:
            made = await response.json()
        async with client.post(PATH, asked | {"stream": True}) as response:
            *_, last = told(await response.text())
    assert (made["status"], made["output"][0]["status"]) == ("incomplete", "incomplete")
    assert made["incomplete_details"] == {"reason": "max_output_tokens"}
    assert last["type"] == "response.incomplete"
    assert last["response"] == made


async def test_responses_and_chat_share_one_memory_and_one_budget(start: Any, models: Any) -> None:
    (models / "budgets.yaml").write_text("features: {general: {tokens: 1500}}\ntenants: {}\n")
    chat = {"model": "answer", "temperature": 0.0, "messages": [{"role": "user", "content": "Hi"}]}
    async with start() as client:
        async with client.post("/v1/chat/completions", chat) as response:
            assert response.headers["X-Cache"] == "miss"
        async with client.post(PATH, ASKED | {"input": "Hi"}) as response:
            assert response.headers["X-Cache"] == "hit"
            first = await response.json()
        async with client.post(PATH, ASKED | {"input": "Hi", "stream": True}) as response:
            assert response.headers["X-Cache"] == "hit"
            *_, last = told(await response.text())
        async with client.post(PATH, ASKED | {"max_output_tokens": 9000}) as response:
            assert (await response.json())["error"]["code"] == "token_budget_exhausted"
    assert last["response"]["output"] == first["output"]


async def test_stream_tells_the_answer_in_the_order_of_the_api(start: Any) -> None:
    asked = ASKED | {"input": QUESTION, "stream": True}
    async with start() as client, client.post(PATH, asked) as response:
        events = told(await response.text())
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert kinds[:4] == ["created", "in_progress", "output_item.added", "content_part.added"]
    assert set(kinds[4:-4]) == {"output_text.delta"}
    assert kinds[-4:] == ["output_text.done", "content_part.done", "output_item.done", "completed"]
    text = "".join(event["delta"] for event in events if "delta" in event)
    assert events[-4]["text"] == events[-3]["part"]["text"] == text == "Tea is hot [1]."
    assert events[-1]["response"]["output"] == [events[-2]["item"]]
    assert events[-1]["response"]["usage"]["total_tokens"] == 15


async def test_stream_tells_words_then_several_calls(start: Any, add_model: Any) -> None:
    add_model(rank=0)
    calls = [
        {"index": n, "id": f"call_{n}", "function": {"name": "go", "arguments": ""}} for n in (0, 1)
    ]
    parts = [{"index": n, "function": {"arguments": f"{{{n}}}"}} for n in (1, 0)]
    api = ScriptedAPI(
        Reply.events(
            piece({"role": "assistant", "content": "Wait."}),
            piece({"tool_calls": calls[:1]}),
            piece({"tool_calls": calls[1:]}),
            piece({"tool_calls": parts[:1]}),
            piece({"tool_calls": parts[1:]}),
            piece({}, "tool_calls"),
            {**piece({}), "choices": [], "usage": USAGE},
            "[DONE]",
        )
    )
    asked = ASKED | {"stream": True, "tools": [{"type": "function", "name": "go"}]}
    events = await through(start, api, asked)
    made = events[-1]["response"]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert made["output"] == done
    assert [item["type"] for item in done] == ["message", "function_call", "function_call"]
    assert [(c["call_id"], c["arguments"]) for c in done[1:]] == [
        ("call_0", "{0}"),
        ("call_1", "{1}"),
    ]
    assert (made["id"], made["created_at"], made["model"]) == ("resp_7", 9, "upstream-1")
    assert made["usage"]["input_tokens_details"] == {"cached_tokens": 4}
    assert made["usage"]["output_tokens_details"] == {"reasoning_tokens": 2}


async def test_stream_tells_a_refusal_as_one(start: Any, add_model: Any) -> None:
    add_model(rank=0)
    api = ScriptedAPI(
        Reply.events(piece({"refusal": "I can't."}), piece({}, "content_filter"), "[DONE]")
    )
    events = await through(start, api, ASKED | {"stream": True})
    assert "response.refusal.done" in [event["type"] for event in events]
    made = events[-1]["response"]
    assert made["incomplete_details"] == {"reason": "content_filter"}
    assert made["output"][0]["content"] == [{"type": "refusal", "refusal": "I can't."}]
    assert made["usage"] is None


async def test_stream_that_breaks_off_fails_with_our_code_and_what_there_was(start: Any) -> None:
    asked = ASKED | {"stream": True}
    async with start() as client, client.post(PATH, asked, X_Model_Fault="truncate") as response:
        *_, error, failed = told(await response.text())
    assert (error["type"], error["code"]) == ("error", "upstream_failed")
    assert error["correlation_id"]
    assert failed["type"] == "response.failed"
    assert failed["response"]["error"]["code"] == "server_error"
    assert failed["response"]["output"][0]["status"] == "incomplete"


def test_form_fails_also_before_anything_was_said() -> None:
    form = ResponseForm(ResponseRequest("answer", "Hello"))
    with bind_correlation_id("correlation-1"):
        events = told(form.failure(UpstreamError("Broken.")).decode())
    assert [event["type"] for event in events] == ["error", "response.failed"]
    assert events[0]["correlation_id"] == "correlation-1"
    assert events[1]["response"]["output"] == []


def test_form_says_nothing_for_a_chunk_that_says_nothing() -> None:
    form = ResponseForm(ResponseRequest("answer", "Hello"))
    chunk = Chunk(msgspec.json.encode(piece({"role": "assistant", "content": ""})))
    assert form.event(chunk)
    assert form.event(chunk) == b""


@pytest.mark.parametrize("path", ["/v1/responses/resp_1", "/v1/conversations/conv_1"])
async def test_what_would_have_to_be_stored_is_not_there(start: Any, path: str) -> None:
    async with start() as client, client.get(path) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (404, "unsupported")
    assert "whole conversation" in error["message"]
