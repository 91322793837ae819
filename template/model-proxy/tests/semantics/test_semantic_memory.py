"""The same question in other words over real HTTP."""

# covers R-0207

from collections.abc import AsyncIterator
from typing import Any

import pytest

PATH = "/v1/chat/completions"
TTLS = {"semantic_cache_ttls_s": {"general": 60}, "semantic_cache_similarity": 0.5}
PASSAGES = "Passages:\n[1] (Tea) Tea is delivered within 3 days.\n[2] (Tea) It costs 4 euros.\n\n"


def body(question: str, passages: str = PASSAGES, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"{passages}Question: {question}"}]
    return {"model": "answer", "temperature": 0, "messages": messages, **more}


@pytest.fixture
async def ask(start: Any) -> AsyncIterator[Any]:
    async with start(**TTLS) as client:

        async def send(question: str, **given: Any) -> tuple[str, bytes]:
            headers = {name: given.pop(name) for name in list(given) if name.startswith("X_")}
            async with client.post(PATH, body(question, **given), **headers) as response:
                assert response.status == 200
                return response.headers["X-Cache"], await response.read()

        send.client = client  # type: ignore[attr-defined]  # for the test that reads /metrics
        yield send


async def test_semantic_memory_repeats_the_answer_of_the_same_question(ask: Any) -> None:
    first, again = await ask("What is the price of tea?"), await ask("what's the price of the tea")
    assert (first[0], again[0]) == ("miss", "semantic")
    assert first[1] == again[1]


async def test_semantic_memory_serves_a_stream_too(ask: Any) -> None:
    await ask("What is the price of tea?")
    state, events = await ask("what's the price of the tea", stream=True)
    assert state == "semantic"
    assert events.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize(
    "other",
    [
        {"question": "What is the price of 2 teas?"},
        {"question": "What isn't the price of tea?"},
        {"question": "What is the price of Ceylon?"},
        {"passages": PASSAGES.replace("4 euros", "5 euros")},
        {"X_Tenant_Id": "another"},
        {"X_Prompt_Hash": "another"},
        {"X_Use_Case": "answer"},
        {"max_tokens": 500},
    ],
)
async def test_semantic_memory_keeps_everything_else_apart(ask: Any, other: Any) -> None:
    await ask("What is the price of tea?")
    state, _ = await ask(**{"question": "what's the price of the tea", **other})
    assert state == "miss"


async def test_semantic_memory_wants_the_embeddings_to_agree(start: Any) -> None:
    async with start(**TTLS | {"semantic_cache_similarity": 1}) as client:
        for question, state in (("Price of tea?", "miss"), ("What is the price of tea", "miss")):
            async with client.post(PATH, body(question)) as response:
                assert response.headers["X-Cache"] == state


async def test_semantic_memory_is_off_unless_a_use_case_asks_for_it(start: Any) -> None:
    async with start() as client:
        for question in ("What is the price of tea?", "what's the price of the tea"):
            async with client.post(PATH, body(question)) as response:
                assert response.headers["X-Cache"] == "miss"


async def test_semantic_memory_without_embeddings_is_a_miss_and_no_failure(start: Any) -> None:
    async with start(**TTLS, semantic_cache_model="nothing") as client:
        for question in ("What is the price of tea?", "what's the price of the tea"):
            async with client.post(PATH, body(question)) as response:
                assert (response.status, response.headers["X-Cache"]) == (200, "miss")


async def test_semantic_memory_is_free_of_charge_but_for_the_embeddings(ask: Any) -> None:
    for question in ("What is the price of tea?", "what's the price of the tea"):
        await ask(question)
    async with ask.client.get("/metrics") as response:
        lines = (await response.text()).splitlines()
    chats = [line for line in lines if line.startswith("model_proxy_answers_total{")]
    assert any('cache="semantic"' in line and line.endswith(" 1.0") for line in chats)
    embedded = [line for line in chats if 'gen_ai_operation_name="embeddings"' in line]
    assert len(embedded) == 1
