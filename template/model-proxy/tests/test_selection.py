"""Who is asked first: by size, by share, by flag."""

# covers R-0210, R-0504, R-0510

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy.share import Share

PATH = "/v1/chat/completions"
SHORT = [{"role": "user", "content": "Hello"}]
LONG = [{"role": "user", "content": "Hello " * 200}]
BODY = {"model": "answer", "messages": SHORT, "temperature": 1}
TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}]


@pytest.fixture
def pair(simulate: Any) -> None:
    simulate("large-one", rank=1)
    simulate("small-one", rank=2, size="small")


async def ask(client: Any, body: Any = BODY, **headers: str) -> str:
    """Return the model that answered, or the error's code."""
    async with client.post(PATH, body, **headers) as response:
        if response.status == 200:
            return str(response.headers["X-Model"])
        return str((await response.json())["error"]["code"])


def test_share_is_even() -> None:
    share = Share(5)
    assert [n for n in range(60) if share.take()] == [19, 39, 59]
    assert not any(Share(0).take() for _ in range(100))


@pytest.mark.parametrize(
    ("body", "model"),
    [
        (BODY, "small-one"),
        (BODY | {"messages": LONG}, "large-one"),
        (BODY | {"tools": TOOLS, "tool_choice": "none"}, "large-one"),
    ],
)
async def test_chat_begins_with_a_model_of_the_right_size(
    start: Any, pair: None, rules: Any, body: Any, model: str
) -> None:
    rules(right_size={"small_tokens": 100})
    async with start() as client:
        assert await ask(client, body) == model


async def test_chat_of_a_use_case_may_always_begin_large(
    start: Any, pair: None, rules: Any
) -> None:
    rules(right_size={"use_cases": {"general": "large"}})
    async with start() as client:
        assert await ask(client) == "large-one"


async def test_canary_gets_its_share(start: Any, simulate: Any, rules: Any) -> None:
    simulate("new-one", stage="canary")
    rules(canary_percent=10)
    async with start() as client:
        seen = Counter([await ask(client) for _ in range(20)])
    assert seen == {"deterministic-answer": 18, "new-one": 2}


async def test_canary_that_fails_gives_way_to_the_stable_model(
    start: Any, simulate: Any, rules: Any
) -> None:
    simulate("new-one", stage="canary")
    rules(canary_percent=100)
    async with start() as client:
        assert await ask(client) == "new-one"
        assert await ask(client, X_Model_Fault="fail.new-one") == "deterministic-answer"


async def test_flag_takes_the_canary_back(
    start: Any, simulate: Any, rules: Any, flags: Any
) -> None:
    simulate("new-one", stage="canary")
    rules(canary_percent=100)
    async with start(flags_file=flags(canary=False)) as client:
        assert await ask(client) == "deterministic-answer"


async def test_flag_puts_a_model_first(start: Any, pair: None, flags: Any) -> None:
    async with start(flags_file=flags(answer="large-one")) as client:
        assert await ask(client) == "large-one"


# A flag is no way round the policy or the registry.
@pytest.mark.parametrize("name", ["retired-one", "lexical-embed", "nothing"])
async def test_flag_cannot_put_first_what_may_not_be_used(
    start: Any, simulate: Any, flags: Any, name: str
) -> None:
    simulate("retired-one", stage="retired")
    async with start(flags_file=flags(answer=name)) as client:
        assert await ask(client) == "deterministic-answer"


@pytest.mark.parametrize(
    ("stopped", "answer"),
    [
        (["small-one"], "large-one"),
        (["small-one", "large-one"], "deterministic-answer"),
        (["*"], "switched_off"),
    ],
)
async def test_flag_stops_models(
    start: Any, pair: None, flags: Any, stopped: Any, answer: str
) -> None:
    async with start(flags_file=flags(stop=stopped)) as client:
        assert await ask(client) == answer


async def test_flag_stops_embeddings_too(start: Any, flags: Any) -> None:
    async with (
        start(flags_file=flags(stop=["*"])) as client,
        client.post("/v1/embeddings", {"model": "embed", "input": "tea"}) as response,
    ):
        assert (await response.json())["error"]["code"] == "switched_off"


async def test_flag_refuses_tools(start: Any, flags: Any) -> None:
    async with start(flags_file=flags(tools=False)) as client:
        assert await ask(client) == "deterministic-answer"
        assert await ask(client, BODY | {"tools": TOOLS}) == "switched_off"


async def test_flag_refuses_long_prompts(start: Any, flags: Any) -> None:
    async with start(flags_file=flags(prompt_tokens=100)) as client:
        assert await ask(client) == "deterministic-answer"
        assert await ask(client, BODY | {"messages": LONG}) == "prompt_too_long"


@pytest.mark.parametrize(
    ("wanted", "written"), [({}, 3), ({"max_tokens": 500}, 3), ({"max_completion_tokens": 2}, 2)]
)
async def test_flag_caps_answers(start: Any, flags: Any, wanted: Any, written: int) -> None:
    async with (
        start(flags_file=flags(output_tokens=3)) as client,
        client.post(PATH, BODY | wanted) as response,
    ):
        assert (await response.json())["usage"]["completion_tokens"] == written


async def test_flag_is_followed_without_a_restart(
    start: Any, simulate: Any, rules: Any, flags: Any
) -> None:
    simulate("new-one", stage="canary")
    rules(canary_percent=100)
    file: Path = flags(canary=True)
    async with start(flags_file=file, flags_look_every_s=0.01) as client:
        assert await ask(client) == "new-one"
        flags(canary=False)
        async with asyncio.timeout(30):
            while await ask(client) != "deterministic-answer":
                pass
        break_file(file)
        async with asyncio.timeout(30):
            while 'model_flags_reloads_total{outcome="refused"}' not in await metrics(client):
                pass
        assert await ask(client) == "deterministic-answer"


def break_file(file: Path) -> None:
    file.write_text("flags: [broken")


async def metrics(client: Any) -> str:
    async with client.get("/metrics") as response:
        return str(await response.text())


async def test_flag_gives_some_tenants_a_model_and_takes_it_back_at_once(
    start: Any, pair: None, tmp_path: Path
) -> None:
    file, tenants = tmp_path / "flags.yaml", [f"tenant-{n}" for n in range(30)]
    flag = {
        "description": "of the test",
        "variants": {"new": "large-one", "old": "small-one"},
        "defaultVariant": "old",
    }

    def roll(percent: int) -> None:
        told = {"flags": {"model-answer": flag | {"rollout": {"new": percent}}}}
        file.with_suffix(".new").write_text(yaml.safe_dump(told))
        file.with_suffix(".new").replace(file)

    roll(50)
    async with asyncio.timeout(60), start(flags_file=file, flags_look_every_s=0.01) as client:
        models = [await ask(client, X_Tenant_Id=tenant) for tenant in tenants]
        assert set(models) == {"large-one", "small-one"}
        assert [await ask(client, X_Tenant_Id=tenant) for tenant in tenants] == models
        cohort = tenants[models.index("large-one")]
        roll(0)
        while await ask(client, X_Tenant_Id=cohort) == "large-one":
            pass
        assert {await ask(client, X_Tenant_Id=tenant) for tenant in tenants} == {"small-one"}
