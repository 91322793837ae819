"""Two proxies with one Valkey behind them are one: memories, budgets and limits."""

# covers R-0207, R-0209, R-0210

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

PATH = "/v1/chat/completions"
PASSAGE = "[1] (Returns) Goods go back within 30 days."


def chat(question: str, **more: Any) -> dict[str, Any]:
    content = f"{PASSAGE}\n\nQuestion: {question}"
    messages = [{"role": "user", "content": content}]
    return {"model": "answer", "temperature": 0, "messages": messages, **more}


@pytest.fixture
def tenant() -> str:
    """A name that no other run has used: the server outlives this test."""
    return f"tenant-{uuid4().hex}"


@pytest.fixture
def pair(start: Any, settings: Any, service_urls: dict[str, str]) -> Any:
    """Start two proxies; keywords are settings of both."""

    @asynccontextmanager
    async def run(**given: Any) -> AsyncIterator[tuple[Any, Any]]:
        shared = {"cache": "valkey", "valkey_url": service_urls["VALKEY_URL"], **given}
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
