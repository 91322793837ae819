"""When a model fails or answers with nothing of use, the next one is asked; the caller never waits
for a model that is known to be down, and never gets an answer that can't be used."""

# covers R-0210

from typing import Any

import pytest

from model_proxy.testing import Reply, ScriptedAPI, serve

PATH = "/v1/chat/completions"
BODY = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}], "temperature": 1}


def said(text: str | None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, **more}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    head = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
    return {**head, "choices": [{"finish_reason": "stop", **choice}]}


@pytest.fixture
def pair(simulate: Any) -> None:
    """A small and a large model, both deterministic; the shipped one stands behind them."""
    limits = {"context_tokens": 1_000_000, "timeout_s": 5}
    simulate("small-one", size="small", limits=limits)
    simulate("large-one", rank=2, limits=limits)


async def answered(client: Any, body: Any = BODY, **headers: str) -> tuple[int, str]:
    """Return the status, and the model or the error's code."""
    async with client.post(PATH, body, **headers) as response:
        if response.status == 200:
            await response.read()
            return 200, response.headers["X-Model"]
        return response.status, (await response.json())["error"]["code"]


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("fault", ["fail", "busy"])
async def test_chat_that_fails_goes_to_the_next_model(
    start: Any, pair: None, fault: str, *, is_stream: bool
) -> None:
    async with start() as client:
        body = BODY | {"stream": is_stream}
        assert await answered(client, body) == (200, "small-one")
        header = {"X_Model_Fault": f"{fault}.small-one"}
        assert await answered(client, body, **header) == (200, "large-one")
        async with client.get("/metrics") as response:
            text = await response.text()
    assert 'model_fallbacks_total{model="small-one"' in text


@pytest.mark.parametrize("is_stream", [False, True])
async def test_chat_that_fails_everywhere_tells_the_first_failure(
    start: Any, pair: None, *, is_stream: bool
) -> None:
    async with start() as client:
        body = BODY | {"stream": is_stream}
        assert await answered(client, body, X_Model_Fault="fail") == (502, "upstream_failed")


async def test_chat_tries_no_more_models_than_the_rules_allow(
    start: Any, pair: None, rules: Any
) -> None:
    rules(models_per_request=1)
    async with start() as client:
        assert await answered(client, X_Model_Fault="fail.small-one") == (502, "upstream_failed")


async def test_chat_that_the_model_rejects_is_not_sent_elsewhere(start: Any, pair: None) -> None:
    async with start() as client:
        header = {"X_Model_Fault": "reject.small-one"}
        assert (await answered(client, **header))[0] == 400


async def test_chat_that_is_too_long_for_one_model_goes_to_a_larger_one(
    start: Any, simulate: Any
) -> None:
    simulate("small-one", size="small")
    simulate("large-one", rank=2, limits={"context_tokens": 9000, "timeout_s": 5})
    async with start() as client:
        header = {"X_Model_Fault": "reject.small-one"}
        assert await answered(client, **header) == (200, "large-one")


async def test_stream_is_not_sent_elsewhere_once_words_are_out(start: Any, pair: None) -> None:
    async with start() as client:
        body = BODY | {"stream": True}
        async with client.post(PATH, body, X_Model_Fault="truncate.small-one") as response:
            text = await response.text()
    assert "upstream_failed" in text
    assert "[DONE]" not in text


@pytest.mark.parametrize(
    "weak",
    [
        said(""),
        said("  \n"),
        said(None, finish_reason="content_filter"),
        said("I'm sorry, but I can't help with that."),
        said("Maybe", logprobs={"content": [{"token": "Maybe", "logprob": -3.0}]}),
    ],
)
async def test_answer_of_no_use_goes_to_the_next_model(two: Any, rules: Any, weak: Any) -> None:
    rules(quality={"refusals": ["I'm sorry, but I can't"]})
    one, other = ScriptedAPI(Reply.json(weak)), ScriptedAPI(Reply.json(said("Of use")))
    async with two(one, other) as client:
        assert await answered(client) == (200, "two")


async def test_answer_that_is_thrown_away_is_paid_for_too(two: Any) -> None:
    # covers R-0603
    one, other = ScriptedAPI(Reply.json(said(""))), ScriptedAPI(Reply.json(said("Of use")))
    async with two(one, other) as client:
        assert await answered(client, X_Tenant_Id="acme") == (200, "two")
        async with client.get("/metrics") as response:
            text = await response.text()
    for name in ("one", "two"):
        whose = f'gen_ai_request_model="{name}",tenant_id="acme"'
        assert f"model_proxy_cost_usd_total{{{whose}}} 7.0" in text


async def test_refusal_of_all_models_is_an_answer(two: Any, rules: Any) -> None:
    rules(quality={"refusals": ["no"]})
    one, other = ScriptedAPI(Reply.json(said("No."))), ScriptedAPI(Reply.json(said("No!")))
    async with two(one, other) as client, client.post(PATH, BODY) as response:
        assert (await response.json())["choices"][0]["message"]["content"] == "No."
        assert response.headers["X-Model"] == "one"


async def test_empty_answers_of_all_models_are_an_error(two: Any) -> None:
    one, other = (ScriptedAPI(Reply.json(said(""))) for _ in range(2))
    async with two(one, other) as client:
        assert await answered(client) == (502, "answer_empty")


async def test_stream_without_words_goes_to_the_next_model(two: Any) -> None:
    def chunk(delta: Any, finish: Any = None) -> Any:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        return {**head, "choices": [choice]}

    empty = Reply.events(chunk({"role": "assistant"}), chunk({}, "stop"), "[DONE]")
    good = Reply.events(chunk({"content": "Hi"}), chunk({}, "stop"), "[DONE]")
    async with two(ScriptedAPI(empty), ScriptedAPI(good)) as client:
        assert await answered(client, BODY | {"stream": True}) == (200, "two")


# The deterministic model quotes; people would take it for the model that they asked.
async def test_simulation_never_stands_in_for_a_model(start: Any, add_model: Any) -> None:
    add_model()
    async with serve(ScriptedAPI()) as url, start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
        assert await answered(client) == (502, "upstream_failed")


@pytest.mark.parametrize("is_stream", [False, True])
async def test_chat_is_refused_while_every_circuit_is_open(
    start: Any, rules: Any, *, is_stream: bool
) -> None:
    rules(breaker={"calls": 4, "failures": 2, "open_s": 600})
    async with start() as client:
        body = BODY | {"stream": is_stream}
        for _ in range(2):
            await answered(client, body, X_Model_Fault="fail")
        async with client.post(PATH, body) as response:
            assert (await response.json())["error"]["code"] == "circuit_open"
            assert response.status == 503
            assert 0 < int(response.headers["Retry-After"]) <= 600


async def test_chat_skips_a_model_whose_circuit_is_open(start: Any, pair: None, rules: Any) -> None:
    rules(breaker={"calls": 4, "failures": 2, "open_s": 600})
    async with start() as client:
        for _ in range(2):
            await answered(client, X_Model_Fault="fail.small-one")
        assert await answered(client) == (200, "large-one")


async def test_streams_that_break_off_open_the_circuit(start: Any, pair: None, rules: Any) -> None:
    rules(breaker={"calls": 4, "failures": 2, "open_s": 600})
    async with start() as client:
        for _ in range(2):
            await answered(client, BODY | {"stream": True}, X_Model_Fault="truncate.small-one")
        assert await answered(client) == (200, "large-one")
