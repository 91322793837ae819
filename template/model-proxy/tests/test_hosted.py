"""The hosted models as they are shipped, against answers recorded from such an API and redacted.

No test calls the provider: the recordings have the shapes that OpenAI's API reference documents.
"""

# covers R-0303

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest

from model_proxy.app import open_router
from model_proxy.testing import Reply, ScriptedAPI, serve

MESSAGES: Any = [{"role": "user", "content": "Is tea hot?"}]
CHAT: dict[str, Any] = {"model": "answer", "messages": MESSAGES, "temperature": 0}
DETAILS = {
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
USAGE = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14, **DETAILS}
HEAD = {
    "id": "chatcmpl-redacted",
    "created": 1750000000,
    "model": "gpt-4.1-mini-2025-04-14",
    "service_tier": "default",
    "system_fingerprint": "fp_redacted",
}
COMPLETION = {
    **HEAD,
    "object": "chat.completion",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Yes, it is.",
                "refusal": None,
                "annotations": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": USAGE,
}


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    head = {**HEAD, "object": "chat.completion.chunk", "obfuscation": "x7"}
    return {**head, "choices": [choice], "usage": None}


STREAM = (
    chunk({"role": "assistant", "content": "", "refusal": None}),
    chunk({"content": "Yes,"}),
    chunk({"content": " it is."}),
    chunk({}, "stop"),
    {**chunk({}), "choices": [], "usage": USAGE},
    "[DONE]",
)


@pytest.fixture
def hosted(start: Any, drop_in: Any) -> Any:
    """Start a proxy with the shipped registry in front of recorded answers."""
    drop_in("hosted.yaml")

    @asynccontextmanager
    async def over(*replies: Reply, **settings: Any) -> AsyncIterator[tuple[Any, ScriptedAPI]]:
        api = ScriptedAPI(*replies)
        async with serve(api) as url:
            environ = {"MODEL_BASE_URL": f"{url}/v1", "MODEL_API_KEY": "key-of-the-test"}
            async with start(environ, **settings) as client:
                yield client, api

    return over


async def test_hosted_key_makes_the_answers_real(hosted: Any) -> None:
    async with hosted(Reply.json(COMPLETION)) as (client, api):
        answer = await client.openai.chat.completions.create(**CHAT)
    assert answer.choices[0].message.content == "Yes, it is."
    assert answer.usage.total_tokens == 14
    assert api.seen[0].body["model"] == "gpt-4.1-mini-2025-04-14"
    assert api.seen[0].headers["authorization"] == "Bearer key-of-the-test"


async def test_hosted_stream_arrives_whole(hosted: Any) -> None:
    async with hosted(Reply.events(*STREAM)) as (client, _):
        stream = await client.openai.chat.completions.create(
            **CHAT, stream=True, stream_options={"include_usage": True}
        )
        chunks = [item async for item in stream]
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Yes, it is."
    assert chunks[-1].usage.total_tokens == 14


async def test_hosted_cost_is_what_the_registry_says(
    hosted: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        hosted(Reply.json(COMPLETION)) as (client, _),
        client.post("/v1/chat/completions", CHAT) as response,
    ):
        assert response.headers["X-Model"] == "hosted-answer"
    assert f"cost_usd={(11 * 0.40 + 3 * 1.60) / 1_000_000}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        (
            400,
            {"message": "This model's maximum context length is …", "code": "context_length"},
            openai.BadRequestError,
        ),
        (429, {"message": "Rate limit reached", "code": "rate_limit"}, openai.RateLimitError),
        (401, {"message": "Incorrect API key provided"}, openai.InternalServerError),
    ],
)
async def test_hosted_refusals_keep_their_meaning(
    hosted: Any, status: int, error: dict[str, Any], raised: type[Exception]
) -> None:
    async with hosted(Reply.json({"error": error}, status)) as (client, _):
        with pytest.raises(raised):
            await client.openai.chat.completions.create(**CHAT)


async def test_hosted_embeddings_serve_production_only(hosted: Any) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.0] * 383 + [1.0]}
    reply = Reply.json(
        {
            "object": "list",
            "data": [vector],
            "model": "text-embedding-3-small",
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }
    )
    body = {"model": "embed", "input": "tea"}
    for environment, model in (("test", "lexical-embed"), ("production", "hosted-embed")):
        async with (
            hosted(reply, environment=environment) as (client, api),
            client.post("/v1/embeddings", body) as response,
        ):
            assert (response.status, response.headers["X-Model"]) == (200, model)
    assert api.seen[0].body["dimensions"] == 384


async def test_hosted_without_a_key_the_deterministic_model_answers(
    start: Any, drop_in: Any
) -> None:
    drop_in("hosted.yaml")
    async with start() as client, client.post("/v1/chat/completions", CHAT) as response:
        assert response.headers["X-Model"] == "deterministic-answer"


@pytest.mark.parametrize("use_case", ["answer", "evaluation", "general"])
def test_hosted_policy_grants_the_products_use_cases(
    settings: Any, drop_in: Any, use_case: str
) -> None:
    drop_in("hosted.yaml")
    environ = {"MODEL_API_KEY": "key-of-the-test"}
    router = open_router(settings(environment="production"), environ)
    assert router.route("answer", "chat", use_case)[0].name == "hosted-answer"
    assert router.route("embed", "embeddings", use_case)[0].name == "hosted-embed"
