"""What is remembered, for whom, and what never is."""

from typing import Any

# covers R-0207
import pytest

BODY = {
    "model": "answer",
    "temperature": 0,
    "messages": [{"role": "user", "content": "[1] (A) Tea is hot.\n\nQuestion: Is tea hot?"}],
}
PATH = "/v1/chat/completions"


async def ask(client: Any, body: Any = None, **headers: Any) -> Any:
    async with client.post(PATH, body or BODY, **headers) as response:
        return response.headers["X-Cache"], await response.read()


async def test_memory_repeats_an_answer_byte_for_byte(start: Any) -> None:
    async with start() as client:
        first, again = await ask(client), await ask(client)
    assert (first[0], again[0]) == ("miss", "hit")
    assert first[1] == again[1]


async def test_memory_of_a_whole_answer_serves_a_stream_and_back(start: Any) -> None:
    stream = BODY | {"stream": True}
    async with start() as client:
        states = [(await ask(client, body))[0] for body in (stream, BODY, stream)]
        streams = [(await ask(client, stream))[1] for _ in range(2)]
    assert states == ["miss", "hit", "hit"]
    assert streams[0] == streams[1]


async def test_memory_is_apart_for_each_tenant(start: Any) -> None:
    async with start() as client:
        states = [(await ask(client, X_Tenant_Id=tenant))[0] for tenant in ("a", "b", "a")]
    assert states == ["miss", "miss", "hit"]


async def test_memory_is_apart_for_each_version_of_a_prompt(start: Any) -> None:
    async with start() as client:
        states = [(await ask(client, X_Prompt_Hash=version))[0] for version in ("", "a" * 64, "")]
    assert states == ["miss", "miss", "hit"]


@pytest.mark.parametrize(
    "change",
    [
        {"temperature": 1, "seed": 1},
        {"max_tokens": 5},
        {"messages": [{"role": "user", "content": "Is tea cold?"}]},
    ],
)
async def test_memory_tells_requests_apart(start: Any, change: Any) -> None:
    async with start() as client:
        await ask(client)
        assert (await ask(client, BODY | change))[0] == "miss"


async def test_memory_ignores_how_the_answer_travels(start: Any) -> None:
    async with start() as client:
        await ask(client)
        assert (await ask(client, BODY | {"user": "someone"}))[0] == "hit"


async def test_memory_keeps_nothing_that_was_sampled(start: Any) -> None:
    body = BODY | {"temperature": 0.7}
    async with start() as client:
        assert [(await ask(client, body))[0] for _ in range(2)] == ["bypass", "bypass"]


async def test_memory_is_bypassed_when_the_caller_says_so(start: Any) -> None:
    async with start() as client:
        await ask(client)
        assert (await ask(client, Cache_Control="no-cache"))[0] == "bypass"


async def test_memory_is_off_at_a_time_to_live_of_zero(start: Any) -> None:
    async with start(chat_cache_ttl_s=0) as client:
        assert [(await ask(client))[0] for _ in range(2)] == ["bypass", "bypass"]


async def test_memory_keeps_no_answer_that_was_cut(start: Any) -> None:
    body = BODY | {"max_tokens": 1}
    async with start() as client:
        assert [(await ask(client, body))[0] for _ in range(2)] == ["miss", "miss"]


async def test_memory_keeps_no_failure(start: Any) -> None:
    async with start() as client:
        async with client.post(PATH, BODY, X_Model_Fault="fail") as response:
            assert response.status == 502
        assert (await ask(client))[0] == "miss"
