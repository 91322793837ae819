"""A model API that behaves as they do on bad days; the caller always learns the truth."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest

from model_proxy.testing import Reply, ScriptedAPI, serve

MESSAGES: Any = [{"role": "user", "content": "Hello"}]
BODY = {"model": "answer", "messages": MESSAGES, "temperature": 0}
PATH = "/v1/chat/completions"
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
ANSWER = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "upstream-1",
    "system_fingerprint": "fp",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    ],
    "usage": USAGE,
}


def event(delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "upstream-1"}
    return {**head, "choices": [choice], **more}


HELLO = (
    event({"role": "assistant", "content": ""}, usage=None),
    event({"content": "Hi"}, usage=None),
    event({}, "stop", usage=None),
    {**event({}), "choices": [], "usage": USAGE},
    "[DONE]",
)


@pytest.fixture
def upstream(start: Any, add_model: Any) -> Any:
    """Start a proxy in front of a scripted API."""

    @asynccontextmanager
    async def over(*replies: Reply, **fields: Any) -> AsyncIterator[tuple[Any, ScriptedAPI]]:
        add_model(**{"api_key": {"env": "MODEL_API_KEY"}, **fields})
        api = ScriptedAPI(*replies)
        async with serve(api) as url:
            environ = {"MODEL_BASE_URL": f"{url}/v1", "MODEL_API_KEY": "key-for-upstream"}
            async with start(environ) as client:
                yield client, api

    return over


async def status(client: Any, body: Any = BODY, **headers: str) -> tuple[int, str]:
    async with client.post(PATH, body, **headers) as response:
        answer = await response.json()
        return response.status, answer.get("error", {}).get("code", "")


async def test_complete_hands_request_and_answer_through(upstream: Any) -> None:
    async with (
        upstream(Reply.json(ANSWER), parameters={"store": False}) as (client, api),
        client.post(PATH, BODY | {"tools": TOOLS}, X_Correlation_Id="corr-0001") as response,
    ):
        assert await response.json() == ANSWER
    (seen,) = api.seen
    assert seen.path == PATH
    assert seen.body == {**BODY, "model": "upstream-1", "tools": TOOLS, "store": False}
    assert seen.headers["authorization"] == "Bearer key-for-upstream"
    assert seen.headers["x-correlation-id"] == "corr-0001"


async def test_stream_hands_events_through_and_counts_usage_for_itself(upstream: Any) -> None:
    async with upstream(Reply.events(*HELLO)) as (client, api):
        stream = await client.openai.chat.completions.create(**BODY, stream=True)
        chunks = [chunk async for chunk in stream]
    assert [c.choices[0].delta.content for c in chunks] == ["", "Hi", None]
    assert api.seen[0].body["stream_options"] == {"include_usage": True}


async def test_stream_is_remembered_as_an_answer(upstream: Any) -> None:
    async with upstream(Reply.events(*HELLO)) as (client, api):
        async with client.post(PATH, BODY | {"stream": True}) as response:
            await response.read()
        answer = await client.openai.chat.completions.create(**BODY)
    assert (answer.choices[0].message.content, answer.usage.total_tokens) == ("Hi", 5)
    assert len(api.seen) == 1


TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]


async def test_stream_with_tool_calls_is_not_remembered(upstream: Any) -> None:
    call = event({"tool_calls": [{"index": 0, "id": "t", "function": {"name": "f"}}]})
    reply = Reply.events(call, event({}, "tool_calls"), "[DONE]")
    async with upstream(reply, reply) as (client, api):
        for _ in range(2):
            async with client.post(PATH, BODY | {"stream": True, "tools": TOOLS}) as response:
                assert "tool_calls" in await response.text()
    assert len(api.seen) == 2


async def test_call_is_tried_again_before_the_first_byte(upstream: Any) -> None:
    async with upstream(Reply.json({}, 503), Reply.json(ANSWER)) as (client, api):
        assert await status(client) == (200, "")
    assert len(api.seen) == 2


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("upstream_status", "expected", "tries"),
    [
        (500, (502, "upstream_failed"), 2),
        (503, (502, "upstream_failed"), 2),
        (401, (502, "upstream_failed"), 1),
        (404, (502, "upstream_failed"), 1),
        (302, (502, "upstream_failed"), 1),
        (400, (400, "upstream_rejected"), 1),
        (429, (429, "upstream_busy"), 1),
    ],
)
async def test_failure_upstream_is_never_a_success(
    upstream: Any, stream: bool, upstream_status: int, expected: tuple[int, str], tries: int
) -> None:
    replies = [Reply.json({"error": {"message": "no"}}, upstream_status)] * 2
    async with upstream(*replies) as (client, api):
        assert await status(client, BODY | {"stream": stream}) == expected
    assert len(api.seen) == tries


async def test_busy_upstream_says_when_to_come_back(upstream: Any) -> None:
    reply = Reply.json({}, 429, **{"Retry-After": "11"})
    async with upstream(reply) as (client, _), client.post(PATH, BODY) as response:
        assert response.headers["Retry-After"] == "11"


@pytest.mark.parametrize(
    "reply",
    [
        Reply((b"not json",)),
        Reply.json({"choices": []}),
        Reply.json({"choices": "many"}),
        Reply((b'{"choices": [',), is_cut=True),
    ],
)
async def test_complete_answer_that_is_none_is_a_failure(upstream: Any, reply: Reply) -> None:
    async with upstream(reply, reply) as (client, _):
        assert await status(client) == (502, "upstream_failed")


@pytest.mark.parametrize(
    "reply",
    [
        Reply.json(ANSWER),
        Reply.events("not json"),
        Reply.events({"error": {"message": "overloaded"}}),
        Reply.events(is_cut=True),
        Reply((b"data: " + b"x" * (2 << 20),), content_type="text/event-stream"),
    ],
)
async def test_stream_that_never_begins_well_has_an_error_status(
    upstream: Any, reply: Reply
) -> None:
    async with upstream(reply, reply) as (client, _):
        assert await status(client, BODY | {"stream": True}) == (502, "upstream_failed")


async def test_stream_without_a_word_is_no_answer(upstream: Any) -> None:
    async with upstream(Reply.events("[DONE]")) as (client, _):
        assert await status(client, BODY | {"stream": True}) == (502, "answer_empty")


@pytest.mark.parametrize(
    "reply",
    [
        Reply.events(event({"content": "Hi"}), "not json"),
        Reply.events(event({"content": "Hi"}), {"error": {"message": "overloaded"}}),
        Reply.events(event({"content": "Hi"})),
        Reply.events(event({"content": "Hi"}), is_cut=True),
    ],
)
async def test_stream_that_breaks_off_ends_with_an_error_and_is_not_tried_again(
    upstream: Any, reply: Reply
) -> None:
    async with upstream(reply, reply) as (client, api):
        stream = await client.openai.chat.completions.create(**BODY, stream=True)
        assert (await anext(stream)).choices[0].delta.content == "Hi"
        with pytest.raises(openai.APIError):
            await anext(stream)
    assert len(api.seen) == 1


async def test_stream_without_done_but_with_its_last_chunk_is_complete(upstream: Any) -> None:
    reply = Reply.events(event({"content": "Hi"}), event({}, "stop"))
    async with (
        upstream(reply) as (client, _),
        client.post(PATH, BODY | {"stream": True}) as response,
    ):
        assert (await response.text()).endswith("data: [DONE]\n\n")


# covers R-0206
async def test_stream_is_cancelled_upstream_when_the_caller_leaves(upstream: Any) -> None:
    endless = Reply.events(event({"content": "Hi"}), is_endless=True)
    async with upstream(endless) as (client, api):
        async with client.post(PATH, BODY | {"stream": True}) as response:
            await response.content.readline()
            response.close()
        async with asyncio.timeout(10):
            await api.was_left.wait()


@pytest.mark.parametrize("stream", [True, False])
async def test_call_is_cancelled_upstream_when_the_caller_leaves_before_the_first_byte(
    upstream: Any, stream: bool
) -> None:
    async with upstream(Reply((), is_endless=True)) as (client, api):
        asking = asyncio.create_task(status(client, BODY | {"stream": stream}))
        await api.was_asked.wait()
        asking.cancel()
        async with asyncio.timeout(10):
            await api.was_left.wait()


async def test_stalled_upstream_times_out(upstream: Any) -> None:
    limits = {"context_tokens": 1, "timeout_s": 1}
    async with upstream(Reply((), is_endless=True), limits=limits) as (client, api):
        assert await status(client) == (504, "upstream_timeout")
        async with asyncio.timeout(10):
            await api.was_left.wait()


async def test_unreachable_upstream_is_a_failure(start: Any, add_model: Any) -> None:
    add_model()
    async with start({"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}) as client:
        assert await status(client) == (502, "upstream_failed")


EMBEDDINGS: dict[str, Any] = {
    "kind": "embeddings",
    "serves": ["embed"],
    "dimensions": 2,
    "limits": {"context_tokens": 10},
}


async def test_embed_puts_vectors_into_the_order_of_the_texts(upstream: Any) -> None:
    data = [{"index": 1, "embedding": [0.0, 1.0]}, {"index": 0, "embedding": [1.0, 0.0]}]
    reply = Reply.json({"data": data, "usage": {"prompt_tokens": 2, "total_tokens": 2}})
    async with upstream(reply, **EMBEDDINGS) as (client, api):
        answer = await client.openai.embeddings.create(
            model="embed", input=["a", "b"], encoding_format="float"
        )
    assert [item.embedding for item in answer.data] == [[1.0, 0.0], [0.0, 1.0]]
    assert api.seen[0].body["input"] == ["a", "b"]


@pytest.mark.parametrize(
    "data", [[], [{"index": 0, "embedding": [1.0]}], [{"index": 0, "embedding": "AAAA"}]]
)
async def test_embed_refuses_vectors_of_another_shape(upstream: Any, data: Any) -> None:
    body = {"model": "embed", "input": "a"}
    async with (
        upstream(Reply.json({"data": data}), **EMBEDDINGS) as (client, _),
        client.post("/v1/embeddings", body) as response,
    ):
        assert response.status == 502
