"""The vLLM model as shipped: its configuration, and answers in the shape of vLLM's server.

vLLM itself needs a GPU and is not started here; docs/inference/vllm.md says what that leaves open.
"""

# covers R-0303 R-0513

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from model_proxy.app import open_router
from model_proxy.sources import ConfigurationError
from model_proxy.testing import Reply, ScriptedAPI, serve
from runtime.product import root

CHAT: dict[str, Any] = {
    "model": "answer",
    "messages": [{"role": "user", "content": "Is tea hot?"}],
    "temperature": 0,
}
USAGE = {
    "prompt_tokens": 11,
    "total_tokens": 14,
    "completion_tokens": 3,
    "prompt_tokens_details": None,
}
COMPLETION = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1750000000,
    "model": "answer",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "reasoning_content": None,
                "content": "Yes, it is.",
                "tool_calls": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
            "stop_reason": None,
        }
    ],
    "usage": USAGE,
    "prompt_logprobs": None,
    "kv_transfer_params": None,
}


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    head = {"id": "chatcmpl-0", "object": "chat.completion.chunk", "created": 1750000000}
    return {**head, "model": "answer", "choices": [choice]}


STREAM = (
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Yes,"}),
    chunk({"content": " it is."}, "stop"),
    {**chunk({}), "choices": [], "usage": USAGE},
    "[DONE]",
)


@pytest.fixture
def vllm(start: Any, drop_in: Any) -> Any:
    """Start a proxy with the shipped registry in front of answers in vLLM's shape."""
    drop_in("vllm.yaml")

    @asynccontextmanager
    async def over(*replies: Reply) -> AsyncIterator[tuple[Any, ScriptedAPI]]:
        api = ScriptedAPI(*replies)
        async with serve(api) as url, start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
            yield client, api

    return over


@pytest.mark.parametrize("kind", ["registry", "policy"])
def test_vllm_entries_satisfy_their_schema(kind: str) -> None:
    schema = json.loads((root() / "contracts" / "models" / f"{kind}.json").read_text())
    entry = yaml.safe_load((root() / "models" / f"{kind}.d" / "vllm.yaml").read_text())
    Draft202012Validator(schema).validate(entry)


async def test_vllm_answers_where_its_address_is_set(vllm: Any) -> None:
    async with vllm(Reply.json(COMPLETION)) as (client, api):
        answer = await client.openai.chat.completions.create(**CHAT)
    assert (answer.choices[0].message.content, answer.usage.total_tokens) == ("Yes, it is.", 14)
    assert api.seen[0].body["model"] == "answer"
    assert "authorization" not in api.seen[0].headers


async def test_vllm_streams_with_usage(vllm: Any) -> None:
    async with vllm(Reply.events(*STREAM)) as (client, _):
        stream = await client.openai.chat.completions.create(
            **CHAT, stream=True, stream_options={"include_usage": True}
        )
        chunks = [item async for item in stream]
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Yes, it is."
    assert chunks[-1].usage.total_tokens == 14


def test_vllm_production_needs_pinned_weights(settings: Any, drop_in: Any, models: Path) -> None:
    drop_in("vllm.yaml")
    environ = {"MODEL_BASE_URL": "http://127.0.0.1:9/v1"}
    with pytest.raises(ConfigurationError, match=r"needs the digest of \. in"):
        open_router(settings(environment="production"), environ)
    (models / "weights.sha256").write_text(f"{'0' * 64}  ./model.safetensors\n")
    router = open_router(settings(environment="production"), environ)
    assert router.route("answer", "chat", "answer")[0].name == "vllm-answer"


def test_vllm_data_stays_on_our_machines() -> None:
    (model,) = yaml.safe_load((root() / "models/registry.d/vllm.yaml").read_text())["models"]
    assert (model["region"], model["retention_days"]) == ("local", 0)
