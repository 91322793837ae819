"""A shadow is compared beside the request; the request never waits, fails or pays for it."""

# covers R-0504

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy.shadow import likeness
from model_proxy.testing import Reply, ScriptedAPI, serve

PATH = "/v1/chat/completions"
BODY = {"model": "answer", "messages": [{"role": "user", "content": "Hello there"}]}
ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}


async def ask(client: Any, body: Any = BODY, **headers: str) -> str:
    async with client.post(PATH, body, **headers) as response:
        assert response.status == 200
        return str(await response.text())


async def until(client: Any, *wanted: str) -> str:
    """Return the metrics once all that is wanted is among them."""
    async with asyncio.timeout(30):
        while True:
            async with client.get("/metrics") as response:
                text = await response.text()
            if all(part in text for part in wanted):
                return str(text)
            await asyncio.sleep(0)


@pytest.mark.parametrize("is_stream", [False, True])
async def test_shadow_is_compared_with_the_answer(
    start: Any, simulate: Any, rules: Any, *, is_stream: bool
) -> None:
    simulate("new-one", stage="candidate", prices={"input": 10, "output": 10})
    rules(shadow_percent=50)
    async with start() as client:
        for _ in range(2):
            await ask(client, BODY | {"stream": is_stream})
        text = await until(client, 'model_shadow_total{model="new-one",outcome="ok"} 1.0')
    assert 'model_shadow_likeness_bucket{le="0.9",model="new-one"} 0.0' in text
    assert 'model_shadow_likeness_count{model="new-one"} 1.0' in text
    assert 'model_shadow_seconds_count{model="new-one",side="shadow"} 1.0' in text
    assert 'model_shadow_cost_usd_total{model="new-one",side="primary"} 0.0' in text
    assert 'model_shadow_cost_usd_total{model="new-one",side="shadow"} 0.0\n' not in text


async def test_shadow_that_fails_is_counted_and_nobody_else_notices(
    start: Any, add_model: Any, rules: Any
) -> None:
    add_model("new-one", stage="candidate")
    rules(shadow_percent=100)
    broken = ScriptedAPI(*[Reply.json({}, 500)] * 4)
    async with serve(broken) as url, start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
        await ask(client)
        await until(client, 'model_shadow_total{model="new-one",outcome="upstream_failed"} 1.0')


async def test_shadow_that_hangs_never_holds_up_a_request_and_is_cancelled_at_the_end(
    start: Any, add_model: Any, rules: Any
) -> None:
    add_model("new-one", stage="canary")
    rules(shadow_percent=100, canary_percent=0, shadow_queue=1)
    hanging = ScriptedAPI(*[Reply((b"{",), is_endless=True)] * 2)
    async with serve(hanging) as url:
        async with start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
            for _ in range(2):
                await ask(client)
            async with asyncio.timeout(30):
                while len(hanging.seen) < 2:
                    await until(client, "model_circuit_state")
            for _ in range(3):
                await ask(client)
            await until(client, 'model_shadow_total{model="new-one",outcome="dropped"} 2.0')
        await asyncio.wait_for(hanging.was_left.wait(), 30)


async def test_shadow_has_a_budget_of_its_own(
    start: Any, simulate: Any, rules: Any, models: Path
) -> None:
    simulate("new-one", stage="candidate")
    rules(shadow_percent=100)
    budgets = {"features": {"shadow": {"tokens": 1}}, "tenants": {}}
    (models / "budgets.yaml").write_text(yaml.safe_dump(budgets))
    async with start() as client:
        await ask(client)
        await until(client, 'model_shadow_total{model="new-one",outcome="over_budget"} 1.0')


async def test_shadow_goes_only_where_the_policy_lets_the_use_case_go(
    start: Any, add_model: Any, rules: Any, models: Path
) -> None:
    add_model("new-one", stage="candidate", region="us-east-1")
    (models / "policy.d" / "new-one.yaml").unlink()
    rules(shadow_percent=100)
    api = ScriptedAPI(Reply.json(ANSWER))
    async with serve(api) as url, start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
        await ask(client)
        await until(client, "http_server_request_duration_seconds_count")
    assert api.seen == []


@pytest.mark.parametrize("given", [{"flags": {"shadow": False}}, {"percent": 0}])
async def test_shadow_can_be_switched_off(
    start: Any, add_model: Any, rules: Any, flags: Any, given: Any
) -> None:
    add_model("new-one", stage="candidate")
    rules(shadow_percent=given.get("percent", 100))
    api = ScriptedAPI(Reply.json(ANSWER))
    file = flags(**given.get("flags", {}))
    async with serve(api) as url, start({"MODEL_BASE_URL": f"{url}/v1"}, flags_file=file) as client:
        await ask(client)
    assert api.seen == []


def test_likeness_counts_words_in_common() -> None:
    assert likeness("Within 30 days.", "within 30 days") == 1
    assert likeness("yes", "no") == 0
    assert likeness("", "") == 1
    assert likeness("one two", "one three") == 0.5
