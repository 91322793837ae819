"""Two proxies with one Valkey behind them are one: memories, budgets and limits."""

# covers R-0207, R-0209, R-0210

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from devstack.services import valkey

PATH = "/v1/chat/completions"
LINE = 1000
ENOUGH = 200
PASSAGE = "[1] (Returns) Goods go back within 30 days."


def chat(question: str, **more: Any) -> dict[str, Any]:
    content = f"{PASSAGE}\n\nQuestion: {question}"
    messages = [{"role": "user", "content": content}]
    return {"model": "answer", "temperature": 0, "messages": messages, **more}


@pytest.fixture
def tenant() -> str:
    """A name that no other test has used: the server outlives this one."""
    return f"tenant-{uuid4().hex}"


@pytest.fixture(scope="module")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for this module."""
    server = valkey.start(tmp_path_factory.mktemp("valkey"))
    yield server.settings["VALKEY_URL"]
    server.stop()


@pytest.fixture
def pair(start: Any, settings: Any, valkey_url: str) -> Any:
    """Start two proxies; keywords are settings of both."""

    @asynccontextmanager
    async def run(**given: Any) -> AsyncIterator[tuple[Any, Any]]:
        shared = {"cache": "valkey", "valkey_url": valkey_url, **given}
        async with start(**shared) as one, start(**shared) as two:
            yield one, two

    return run


async def source(client: Any, body: Any, tenant: str) -> tuple[int, str]:
    async with client.post(PATH, body, X_Tenant_Id=tenant) as response:
        return response.status, response.headers.get("X-Cache", "")


async def test_answers_of_one_proxy_are_remembered_by_the_other(pair: Any, tenant: str) -> None:
    body = chat("How long may goods go back?")
    async with pair() as (one, two):
        assert await source(one, body, tenant) == (200, "miss")
        assert await source(two, body, tenant) == (200, "hit")
        assert await source(two, body | {"stream": True}, tenant) == (200, "hit")
        assert await source(two, body, f"{tenant}-2") == (200, "miss")


async def test_same_question_in_other_words_is_remembered_by_the_other(
    pair: Any, tenant: str
) -> None:
    given = {"semantic_cache_ttls_s": {"general": 60}, "semantic_cache_similarity": 0.5}
    async with pair(**given) as (one, two):
        assert await source(one, chat("How long may goods go back?"), tenant) == (200, "miss")
        other = chat("How long may the goods go back?")
        assert await source(two, other, tenant) == (200, "semantic")


async def test_budget_is_one_for_both(pair: Any, models: Path, tenant: str) -> None:
    lines = {"features": {}, "tenants": {"default": {"tokens": 400}}}
    (models / "budgets.yaml").write_text(yaml.safe_dump(lines))
    body = chat("How long?", max_tokens=300, seed=1)
    async with pair(chat_cache_ttl_s=0) as (one, two):
        statuses = [(await source(c, body, tenant))[0] for c in (one, two) * 6]
        async with two.post(PATH, body, X_Tenant_Id=tenant) as response:
            error = (await response.json())["error"]
        assert await source(two, body, f"{tenant}-2") == (200, "bypass")
    assert statuses[0] == 200
    assert set(statuses) == {200, 429}
    assert error["code"] == "token_budget_exhausted"


async def test_limit_of_a_key_is_one_for_both(pair: Any) -> None:
    key = uuid4().hex
    given = {"model_proxy_more_keys": key, "requests_per_s": 0.001, "requests_burst": 3}
    named = {"Authorization": f"Bearer {key}"}
    async with pair(**given) as (one, two):
        statuses = []
        for client in (one, two, one, two):
            async with client.post(PATH, chat("How long?"), **named) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 200, 429]


async def test_proxy_answers_while_valkey_is_away(start: Any) -> None:
    async with start(cache="valkey", valkey_url="valkey://127.0.0.1:1/0") as client:
        for _ in range(2):
            assert await source(client, chat("How long?"), "acme") == (200, "miss")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a Valkey of the test's own, and what stops it."""
    with ExitStack() as stack:
        own = valkey.start(tmp_path)
        stack.callback(own.stop)
        yield own.settings["VALKEY_URL"], stack.close


async def spend(client: Any, body: Any, tenant: str) -> tuple[int, int]:
    """Ask until there is no room left; return what was used and the last status."""
    used = 0
    for _ in range(ENOUGH):
        async with client.post(PATH, body, X_Tenant_Id=tenant) as response:
            if response.status != 200:
                return used, response.status
            used += (await response.json())["usage"]["total_tokens"]
    return used, 200


async def test_budget_keeps_its_end_when_valkey_goes_away(
    pair: Any, models: Path, server: Any
) -> None:
    lines = {"features": {}, "tenants": {"default": {"tokens": LINE}}}
    (models / "budgets.yaml").write_text(yaml.safe_dump(lines))
    body = chat("How long?", max_tokens=100, seed=1)
    url, stop = server
    given = {"valkey_url": url, "model_proxy_replicas": 2}
    async with asyncio.timeout(60), pair(**given, chat_cache_ttl_s=0) as proxies:
        together = [await spend(proxy, body, "before") for proxy in proxies]
        await asyncio.to_thread(stop)
        apart = [await spend(proxy, body, "after") for proxy in proxies]
    assert [status for _, status in (*together, *apart)] == [429] * 4
    assert LINE / 2 < sum(used for used, _ in together) <= LINE
    assert all(0 < used <= LINE / 2 for used, _ in apart)


async def test_limit_of_a_key_keeps_its_end_when_valkey_goes_away(pair: Any, server: Any) -> None:
    url, stop = server
    given = {"valkey_url": url, "requests_per_s": 0.001}
    async with asyncio.timeout(60), pair(**given, requests_burst=3) as (one, two):
        assert await source(one, chat("How long?"), "acme") == (200, "miss")
        await asyncio.to_thread(stop)
        for proxy in (one, two):
            statuses = [(await source(proxy, chat("How long?"), "acme"))[0] for _ in range(4)]
            assert statuses == [200, 200, 200, 429]


async def test_valkey_that_is_silent_holds_up_nobody(start: Any) -> None:
    connections: list[asyncio.StreamWriter] = []
    hole = await asyncio.start_server(lambda _, writer: connections.append(writer), "127.0.0.1", 0)
    url = f"valkey://127.0.0.1:{hole.sockets[0].getsockname()[1]}/0"
    given = {"cache": "valkey", "valkey_url": url, "requests_per_s": 1000}
    async with asyncio.timeout(60), start(**given) as client:
        assert (await source(client, chat("How long?"), "acme"))[0] == 200
        texts = {"model": "embed", "input": [f"text {number}" for number in range(200)]}
        async with client.post("/v1/embeddings", texts) as response:
            assert response.status == 200
    # A wait for each text would have been a connection for each.
    assert len(connections) < 20
    for writer in connections:
        writer.close()
    hole.close()
