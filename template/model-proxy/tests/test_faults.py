"""On its worst days a provider costs its callers a clear error, never an endless wait or a 200."""

# covers R-0303 R-0310

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from model_proxy import asking
from model_proxy.patience import each_within
from model_proxy.testing import Reply, ScriptedAPI, serve
from runtime.product import root

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}]}
LONG_S, SHORT_S = 60.0, 0.05
"""Short only where nothing else can come any more, however busy the machine is."""
BUSY = Reply.json({"error": {"message": "slow down"}}, 429, **{"Retry-After": "3"})
STORM = 60


def said(content: str, finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return {**head, "choices": [choice]}


# Fault → what the model sends instead of an answer, and the code of the error.
BEFORE = {
    "slow": (
        Reply((), content_type="text/event-stream", is_endless=True),
        "upstream_timeout",
    ),
    "alive but silent": (
        Reply((b": ping\n\n",) * 50, content_type="text/event-stream", is_endless=True),
        "upstream_timeout",
    ),
    "reset": (Reply((), is_cut=True), "upstream_failed"),
    "busy": (BUSY, "upstream_busy"),
    "down": (Reply((b"<html>",), 503, content_type="text/html"), "upstream_failed"),
    "not events": (Reply((b"\x00\xff" * 50,), content_type="text/event-stream"), "upstream_failed"),
    "not JSON": (Reply.events("{"), "upstream_failed"),
    "empty": (Reply((), content_type="text/event-stream"), "upstream_failed"),
    "200 that is none": (Reply.json({"error": {"message": "no"}}), "upstream_failed"),
}
MIDWAY = {
    "slow": (Reply.events(said("Hi"), is_endless=True), "upstream_timeout"),
    "reset": (Reply.events(said("Hi"), is_cut=True), "upstream_failed"),
    "malformed": (Reply.events(said("Hi"), "{]"), "upstream_failed"),
    "cut": (Reply.events(said("Hi")), "upstream_failed"),
    "error event": (Reply.events(said("Hi"), {"error": {"message": "no"}}), "upstream_failed"),
}


@pytest.fixture(scope="module")
def error_schema() -> Draft202012Validator:
    contract = yaml.safe_load((root() / "contracts/openapi/model-proxy.yaml").read_text())
    schema = {"$ref": "#/components/schemas/Error", "components": contract["components"]}
    return Draft202012Validator(schema)


@pytest.fixture
def upstream(start: Any, add_model: Any) -> Any:
    """Start a proxy in front of a model that always replies the same."""

    @asynccontextmanager
    async def over(
        reply: Reply, times: int = 2, *, timeout_s: float = LONG_S
    ) -> AsyncIterator[tuple[Any, ScriptedAPI]]:
        limits = {"context_tokens": 1000, "timeout_s": timeout_s}
        add_model(limits=limits, environments=["test"])
        api = ScriptedAPI(*[reply] * times)
        async with serve(api) as url, start({"MODEL_BASE_URL": f"{url}/v1"}) as client:
            yield client, api

    return over


def model() -> dict[str, Any]:
    """The request to the one model that fails; nobody else answers under its name."""
    return {**BODY, "model": "remote"}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", BEFORE)
async def test_fault_before_the_answer_is_an_error_of_its_own(
    upstream: Any, error_schema: Any, fault: str, stream: bool
) -> None:
    reply, code = BEFORE[fault]
    timeout_s = SHORT_S if reply.is_endless else LONG_S
    async with (
        asyncio.timeout(60),
        upstream(reply, timeout_s=timeout_s) as (client, _),
        client.post(PATH, model() | {"stream": stream}, X_Correlation_Id="corr-0001") as response,
    ):
        body = await response.json()
    assert response.status >= 400
    error_schema.validate(body)
    assert (body["error"]["code"], body["error"]["correlation_id"]) == (code, "corr-0001")


@pytest.mark.parametrize("fault", MIDWAY)
async def test_fault_in_the_middle_ends_the_stream_with_an_error(
    upstream: Any, error_schema: Any, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    reply, code = MIDWAY[fault]
    if reply.is_endless:  # Its first word has all the time there is; what comes after it has none.
        monkeypatch.setattr(asking, "each_within", lambda rest, _: each_within(rest, SHORT_S))
    async with (
        asyncio.timeout(60),
        upstream(reply) as (client, _),
        client.post(PATH, model() | {"stream": True}, X_Correlation_Id="corr-0001") as response,
    ):
        text = await response.text()
    last = json.loads(text.rstrip().rpartition("data: ")[2])
    assert "[DONE]" not in text
    error_schema.validate(last)
    assert (last["error"]["code"], last["error"]["correlation_id"]) == (code, "corr-0001")


async def test_storm_of_refusals_is_handed_on_and_not_made_worse(
    upstream: Any, error_schema: Any
) -> None:
    async def ask(client: Any) -> tuple[int, str | None]:
        async with client.post(PATH, model()) as response:
            error_schema.validate(await response.json())
            return response.status, response.headers.get("Retry-After")

    async with asyncio.timeout(60), upstream(BUSY, STORM) as (client, api):
        answers = await asyncio.gather(*(ask(client) for _ in range(STORM)))
        # A breaker may have opened meanwhile; then nobody is asked, and the error says so.
        assert {status for status, _ in answers} <= {429, 503}
        assert (429, "3") in answers
        assert len(api.seen) <= STORM


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
async def test_clock_that_jumps_changes_no_answer(
    upstream: Any, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    answer = Reply.events(said("Hi"), said("", "stop"), "[DONE]")
    real = time.time
    async with asyncio.timeout(60), upstream(answer) as (client, _):
        async with client.post(PATH, model() | {"stream": True}) as response:
            assert (await response.text()).endswith("data: [DONE]\n\n")
        monkeypatch.setattr(time, "time", lambda: real() + jump_s)
        async with client.post(PATH, model() | {"stream": True}) as response:
            assert (await response.text()).endswith("data: [DONE]\n\n")
