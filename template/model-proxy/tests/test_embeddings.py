"""Embeddings over real HTTP."""

import math
from typing import Any

import pytest

PATH = "/v1/embeddings"


async def test_embeddings_answer_the_openai_client(start: Any) -> None:
    async with start() as client:
        answer = await client.openai.embeddings.create(model="embed", input=["a bike", "a tax"])
    assert [item.index for item in answer.data] == [0, 1]
    assert all(len(item.embedding) == 384 for item in answer.data)
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 0


async def test_embeddings_as_base64_are_the_same_numbers(start: Any) -> None:
    async with start() as client:
        plain, packed = [
            await client.openai.embeddings.create(model="embed", input="tea", encoding_format=kind)
            for kind in ("float", "base64")
        ]
    assert isinstance(packed.data[0].embedding, list | str)
    async with start() as client:
        # Without an encoding, the client asks for base64 and unpacks it itself.
        unpacked = await client.openai.embeddings.create(model="embed", input="tea")
    assert unpacked.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-7)


async def test_embeddings_embed_each_text_once(start: Any) -> None:
    async with start() as client:
        states = []
        for texts in (["a", "b"], ["b", "a"], ["a", "c"]):
            async with client.post(PATH, {"model": "embed", "input": texts}) as response:
                states.append((response.headers["X-Cache"], (await response.json())["usage"]))
    assert [state for state, _ in states] == ["miss", "hit", "miss"]
    assert [usage["total_tokens"] for _, usage in states] == [2, 0, 1]


async def test_embeddings_from_memory_are_the_same_bytes_in_the_same_order(start: Any) -> None:
    async with start() as client:
        bodies = []
        for texts in (["a", "b"], ["b", "a"]):
            async with client.post(PATH, {"model": "embed", "input": texts}) as response:
                bodies.append([item["embedding"] for item in (await response.json())["data"]])
    assert bodies[0] == bodies[1][::-1]


async def test_embeddings_repeated_text_is_embedded_once(start: Any) -> None:
    async with (
        start() as client,
        client.post(PATH, {"model": "embed", "input": ["tea", "tea"]}) as response,
    ):
        data = (await response.json())["data"]
    assert data[0]["embedding"] == data[1]["embedding"]


@pytest.mark.parametrize(
    "body",
    [
        {"model": "embed", "input": []},
        {"model": "embed", "input": [1, 2]},
        {"model": "embed", "input": "x", "dimensions": 12},
        {"model": "answer", "input": "x"},
    ],
)
async def test_embeddings_refuse_what_they_cannot_do(start: Any, body: Any) -> None:
    async with start() as client, client.post(PATH, body) as response:
        assert response.status == 400


async def test_embeddings_failure_is_not_a_success(start: Any) -> None:
    async with (
        start() as client,
        client.post(PATH, {"model": "embed", "input": "x"}, X_Model_Fault="fail") as response,
    ):
        assert response.status == 502


async def test_embeddings_have_length_one(start: Any) -> None:
    async with (
        start() as client,
        client.post(PATH, {"model": "embed", "input": ["", "tea time"]}) as response,
    ):
        data = (await response.json())["data"]
    assert [math.hypot(*item["embedding"]) for item in data] == pytest.approx([1, 1])
