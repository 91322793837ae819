"""Chat over real HTTP, through OpenAI's own client and without."""

import asyncio
import json
from typing import Any

import openai
import pytest
from jsonschema import validate

MESSAGES = [
    {"role": "system", "content": "Answer from the passages."},
    {
        "role": "user",
        "content": "Passages:\n[1] (Returns) An unused bike goes back within 30 days.\n"
        "[2] (Fees) Collection from France costs 89 euros.\n\n"
        "Question: How long can an unused bike go back?",
    },
]
ANSWER = "An unused bike goes back within 30 days [1]."
BODY = {"model": "answer", "messages": MESSAGES, "temperature": 0}


async def test_chat_answers_the_openai_client(start: Any) -> None:
    async with start() as client:
        answer = await client.openai.chat.completions.create(**BODY)
    assert answer.choices[0].message.content == ANSWER
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


# covers R-0206
async def test_chat_streams_word_by_word_with_usage_at_the_end(start: Any) -> None:
    async with start() as client:
        stream = await client.openai.chat.completions.create(
            **BODY, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    words = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
    assert len(words) > 3
    assert "".join(words) == ANSWER
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0


async def test_chat_stream_without_stream_options_has_no_usage_and_ends_with_done(
    start: Any,
) -> None:
    async with start() as client, client.post("/v1/chat/completions", BODY | {"stream": True}) as r:
        text = await r.text()
        assert r.content_type == "text/event-stream"
    assert text.endswith("data: [DONE]\n\n")
    assert '"usage":{' not in text


# covers R-0302
async def test_chat_same_request_same_bytes(start: Any) -> None:
    sampled = BODY | {"temperature": 1, "seed": 7}
    bodies = []
    for _ in range(2):
        async with start() as client, client.post("/v1/chat/completions", sampled) as response:
            bodies.append(await response.read())
    assert bodies[0] == bodies[1]


async def test_chat_another_seed_may_change_the_words(start: Any) -> None:
    async with start() as client:
        answers = {
            (
                await client.openai.chat.completions.create(
                    model="answer", messages=MESSAGES, temperature=1, seed=seed
                )
            )
            .choices[0]
            .message.content
            for seed in range(8)
        }
    assert len(answers) > 1
    assert all(answer.endswith(ANSWER) for answer in answers)


# covers R-0308
async def test_chat_writes_json_that_satisfies_the_schema(start: Any) -> None:
    schema = {
        "type": "object",
        "required": ["category", "severity", "summary"],
        "properties": {
            "category": {"type": "string", "enum": ["return", "billing"]},
            "severity": {"type": "integer", "minimum": 1, "maximum": 3},
            "summary": {"type": "string", "maxLength": 20},
        },
    }
    shape = {"type": "json_schema", "json_schema": {"name": "triage", "schema": schema}}
    async with start() as client:
        answer = await client.openai.chat.completions.create(**BODY, response_format=shape)
    validate(json.loads(answer.choices[0].message.content), schema)


async def test_chat_says_when_it_was_cut_at_the_token_limit(start: Any) -> None:
    async with start() as client:
        answer = await client.openai.chat.completions.create(**BODY, max_tokens=3)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 3


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "answer"}, None),
        ({"model": "answer", "messages": []}, "messages"),
        (BODY | {"temperature": 3}, "temperature"),
        (BODY | {"messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        (BODY | {"model": "embed"}, "model"),
    ],
)
async def test_chat_names_the_field_that_is_wrong(start: Any, body: Any, param: Any) -> None:
    async with start() as client, client.post("/v1/chat/completions", body) as response:
        error = (await response.json())["error"]
    assert (response.status, error["param"]) == (400, param)
    assert error["type"] == "invalid_request_error"


async def test_chat_refuses_a_body_that_is_not_json(start: Any) -> None:
    async with (
        start() as client,
        client.http.post(f"{client.url}/v1/chat/completions", data=b"{") as response,
    ):
        assert response.status == 400


async def test_chat_refuses_a_body_that_is_too_long(start: Any) -> None:
    async with (
        start(max_body_bytes=100) as client,
        client.post("/v1/chat/completions", BODY) as response,
    ):
        assert response.status == 413


async def test_chat_error_carries_the_callers_correlation_id(start: Any) -> None:
    async with (
        start() as client,
        client.post(
            "/v1/chat/completions", BODY | {"model": "nothing"}, X_Correlation_Id="abcd-1234"
        ) as response,
    ):
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (404, "model_not_found")
    assert error["correlation_id"] == "abcd-1234" == response.headers["X-Correlation-Id"]


@pytest.mark.parametrize(
    ("fault", "status"), [("fail", 502), ("busy", 429), ("reject", 400), ("unheard-of", 400)]
)
@pytest.mark.parametrize("stream", [True, False])
async def test_chat_model_failure_is_never_a_success(
    start: Any, fault: str, status: int, stream: bool
) -> None:
    async with start() as client:
        with pytest.raises(openai.APIStatusError) as caught:
            await client.openai.chat.completions.create(
                **BODY, stream=stream, extra_headers={"X-Model-Fault": fault}
            )
    assert caught.value.status_code == status


async def test_chat_busy_model_says_when_to_come_back(start: Any) -> None:
    async with (
        start() as client,
        client.post("/v1/chat/completions", BODY, X_Model_Fault="busy") as response,
    ):
        assert response.headers["Retry-After"] == "7"


async def test_chat_stream_that_breaks_off_tells_the_client(start: Any) -> None:
    async with start() as client:
        stream = await client.openai.chat.completions.create(
            **BODY, stream=True, extra_headers={"X-Model-Fault": "truncate"}
        )
        with pytest.raises(openai.APIError, match="broke off"):
            async for _ in stream:
                pass


@pytest.mark.parametrize("stream", [True, False])
async def test_chat_stalled_model_times_out_within_the_callers_budget(
    start: Any, stream: bool
) -> None:
    async with (
        start() as client,
        client.post(
            "/v1/chat/completions",
            BODY | {"stream": stream},
            X_Model_Fault="stall",
            X_Latency_Budget_Ms="300",
        ) as response,
    ):
        assert response.status == 504


# covers R-0202
async def test_chat_without_budget_left_is_refused_before_the_call(start: Any) -> None:
    async with (
        start() as client,
        client.post(
            "/v1/chat/completions", BODY, X_Latency_Budget_Ms="0", X_Model_Fault="stall"
        ) as response,
    ):
        assert (await response.json())["error"]["code"] == "budget_exhausted"


# covers R-0209
async def test_chat_over_the_in_flight_limit_is_told_to_come_back(start: Any) -> None:
    async with start(max_in_flight=1) as client:
        first = asyncio.create_task(
            client.post("/v1/chat/completions", BODY, X_Model_Fault="stall").__aenter__()
        )
        response = await refusal(client)
        assert response.headers["Retry-After"] == "1"
        assert (await response.json())["error"]["code"] == "too_many_requests"
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def refusal(client: Any) -> Any:
    while True:
        response = await client.get("/v1/models")
        await response.read()
        if response.status == 429:
            return response


async def test_chat_place_is_free_again_after_an_answer(start: Any) -> None:
    async with start(max_in_flight=1) as client:
        for _ in range(3):
            async with client.post("/v1/chat/completions", BODY) as response:
                assert response.status == 200


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic key-of-the-test", ""])
async def test_chat_needs_the_key(start: Any, header: Any) -> None:
    async with (
        start() as client,
        client.post("/v1/chat/completions", BODY, Authorization=header) as response,
    ):
        assert response.status == 401


async def test_chat_without_a_configured_key_asks_for_none(start: Any) -> None:
    async with (
        start(model_proxy_key="") as client,
        client.post("/v1/chat/completions", BODY, Authorization="") as response,
    ):
        assert response.status == 200


# covers R-0506
async def test_chat_unknown_use_case_is_refused_by_policy(start: Any) -> None:
    async with (
        start() as client,
        client.post("/v1/chat/completions", BODY, X_Use_Case="marketing") as response,
    ):
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (403, "policy_refused")


async def test_chat_refuses_a_malformed_header(start: Any) -> None:
    async with (
        start() as client,
        client.post("/v1/chat/completions", BODY, X_Tenant_Id="a b") as response,
    ):
        assert response.status == 400


async def test_unknown_route_answers_in_openais_shape(start: Any) -> None:
    async with start() as client, client.get("/v1/nothing") as response:
        assert response.status == 404
        assert (await response.json())["error"]["type"] == "invalid_request_error"
