"""A model that keeps us waiting gets a rival where ``routing.yaml`` says so, and only there."""

# covers R-0210

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from model_proxy.breakers import Breakers
from model_proxy.budgets import Budgets, ProcessLedger, Reservation
from model_proxy.caller import Caller
from model_proxy.errors import ProxyError, UpstreamBusyError, UpstreamError
from model_proxy.hedging import Hedges
from model_proxy.providers import Begun, ChatCall, Chunk, Completion
from model_proxy.registry import load_registry
from model_proxy.rules import Hedging, Rules, load_rules
from model_proxy.testing import Reply, ScriptedAPI
from model_proxy.turns import Turns
from model_proxy.wire import ChatRequest, Message, Usage
from runtime.product import root

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "answer", "messages": [{"role": "user", "content": "Hello, you"}]}
USED = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
HEAD = {"id": "c", "created": 1, "model": "m"}
WORD = {"index": 0, "delta": {"content": "Hi"}, "finish_reason": None}
END = {"index": 0, "delta": {}, "finish_reason": "stop"}
WHOLE = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}
CHUNK = {**HEAD, "object": "chat.completion.chunk"}
GOOD = {
    False: Reply.json({**HEAD, "object": "chat.completion", "choices": [WHOLE], "usage": USED}),
    True: Reply.events(CHUNK | {"choices": [WORD]}, CHUNK | {"choices": [END]}, "[DONE]"),
}
SILENT = Reply((), content_type="text/event-stream", is_endless=True)
TOKENS = 100


class Field:
    """Two models and a pause, all of which the test lets go."""

    def __init__(self, models: Any, simulate: Any, **hedging: Any) -> None:
        simulate("one")
        simulate("two", rank=2)
        self.models = load_registry(models).models
        self.asked: list[str] = []
        self.left: list[str] = []
        self.answers = {name: asyncio.get_running_loop().create_future() for name in ("one", "two")}
        self.is_over = asyncio.Event()
        self.metrics = CollectorRegistry()
        lines = {"features": {"general": {"tokens": 3 * TOKENS}}, "tenants": {}}
        self.ledger = ProcessLedger(Budgets.model_validate(lines))
        self.hedges = Hedges(Hedging(**hedging), self.reserve, self.metrics, sleep=self.pause)

    async def reserve(self, use_case: str, tenant: str, tokens: int) -> Reservation:
        return self.ledger.reserve(use_case, tenant, tokens)

    async def pause(self, _seconds: float) -> None:
        try:
            await self.is_over.wait()
        except asyncio.CancelledError:
            self.left.append("pause")
            raise

    async def ask(self, call: ChatCall) -> Any:
        self.asked.append(call.model.name)
        try:
            return await asyncio.shield(self.answers[call.model.name])
        except asyncio.CancelledError:
            self.left.append(call.model.name)
            raise

    def call(self, *, tokens: int = TOKENS) -> ChatCall:
        request = ChatRequest("answer", [Message("user", "Hello, you")])
        one, two = self.models["one"], self.models["two"]
        reservation = self.ledger.reserve("general", "", tokens)
        return ChatCall(one, request, b"{}", Caller(), 5, (two,), reservation)

    def race(self, call: ChatCall) -> "asyncio.Task[tuple[ChatCall, Any]]":
        breakers = Breakers(self.models, Rules().breaker, CollectorRegistry())
        turns = Turns(call, self.ask, breakers, lambda _model, _error: None)
        return asyncio.create_task(self.hedges.race(turns, self.hedges.patience_s(call)))

    @property
    def used(self) -> int:
        return self.ledger.used()["general"]

    def count(self, outcome: str) -> float | None:
        labels = {"model": "one", "outcome": outcome}
        return self.metrics.get_sample_value("model_hedges_total", labels)


@pytest.fixture
async def field(models: Any, simulate: Any) -> Field:
    return Field(models, simulate, after_ms=500)


def whole(written: int = 2) -> Completion:
    return Completion(b"{}", Usage(3, written, 3 + written))


async def settle() -> None:
    """Let every task run until it waits for something that only the test can bring about."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_hedging_is_off_unless_a_rule_asks_for_it(models: Any, simulate: Any) -> None:
    for rule in (Rules().hedging, load_rules(root() / "models").hedging):
        field = Field(models, simulate, **rule.model_dump())
        assert field.hedges.patience_s(field.call()) == 0
    field = Field(models, simulate, use_cases={"general": 250})
    assert field.hedges.patience_s(field.call()) == 0.25


async def test_second_model_is_asked_when_the_first_is_late_and_both_are_paid_for(
    field: Field,
) -> None:
    call = field.call()
    racing = field.race(call)
    await settle()
    assert (field.asked, field.used) == (["one"], TOKENS)
    field.is_over.set()
    await settle()
    assert (field.asked, field.used) == (["one", "two"], 2 * TOKENS)
    field.answers["two"].set_result(whole())
    attempt, _ = await racing
    assert (attempt.model.name, field.left, field.count("answered")) == ("two", ["one"], 1)
    assert [waste.model for waste in call.reservation.wasted] == ["one"]
    call.reservation.settle(5)
    assert field.used == 10


async def test_second_model_is_cancelled_when_the_first_answers_after_all(field: Field) -> None:
    call = field.call()
    racing = field.race(call)
    field.is_over.set()
    await settle()
    field.answers["one"].set_result(whole())
    attempt, _ = await racing
    assert (attempt.model.name, field.left, field.count("needless")) == ("one", ["two"], 1)
    assert [waste.model for waste in call.reservation.wasted] == ["two"]


async def test_nobody_else_is_asked_once_the_first_words_are_there(field: Field) -> None:
    racing = field.race(field.call())
    await settle()
    words = Begun((Chunk(b"{}", "Hi"),), silence())
    field.answers["one"].set_result(words)
    assert (await racing)[1] is words
    await settle()
    field.is_over.set()
    await settle()
    assert (field.asked, field.left, field.used) == (["one"], ["pause"], TOKENS)


async def test_first_model_is_waited_for_alone_where_the_budget_has_no_room_for_two(
    field: Field,
) -> None:
    call = field.call(tokens=2 * TOKENS)
    racing = field.race(call)
    field.is_over.set()
    await settle()
    assert (field.asked, field.count("no_room")) == (["one"], 1)
    field.answers["one"].set_result(whole())
    assert (await racing)[0].model.name == "one"
    assert call.reservation.wasted == []


async def test_failure_of_the_first_passes_to_the_second_at_once(field: Field) -> None:
    racing = field.race(field.call())
    field.answers["one"].set_exception(UpstreamError("It is down."))
    field.answers["two"].set_result(whole())
    assert (await racing)[0].model.name == "two"
    assert field.used == TOKENS


@pytest.mark.parametrize("last", ["one", "two"])
async def test_failure_of_one_waits_for_the_other_and_of_both_is_told(
    field: Field, last: str
) -> None:
    racing = field.race(field.call())
    field.is_over.set()
    await settle()
    other = {"one": "two", "two": "one"}[last]
    field.answers[other].set_exception(UpstreamBusyError("It is busy.", retry_after_s=7))
    await settle()
    assert not racing.done()
    field.answers[last].set_exception(UpstreamError("It is down."))
    with pytest.raises(ProxyError, match="busy"):
        await racing
    assert (field.asked, field.used) == (["one", "two"], TOKENS)


async def test_two_answers_in_one_moment_are_one_answer_and_a_closed_stream(field: Field) -> None:
    call = field.call()
    racing = field.race(call)
    field.is_over.set()
    await settle()
    late = silence()
    assert (await anext(late)).text == "Hi"
    field.answers["one"].set_result(whole())
    field.answers["two"].set_result(Begun((), late))
    assert (await racing)[0].model.name == "one"
    assert [(w.model, w.usage.total_tokens) for w in call.reservation.wasted] == [("two", 3)]
    assert await anext(late, None) is None


async def silence() -> AsyncGenerator[Chunk, None]:
    yield Chunk(b"{}", "Hi")
    await asyncio.Event().wait()


async def test_whoever_leaves_stops_both(field: Field) -> None:
    racing = field.race(field.call())
    field.is_over.set()
    await settle()
    racing.cancel()
    await asyncio.gather(racing, return_exceptions=True)
    assert (sorted(field.left), field.used) == (["one", "two"], TOKENS)


@pytest.mark.parametrize("stream", [False, True])
async def test_late_model_is_left_upstream_and_its_tokens_are_on_the_bill(
    two: Any, rules: Any, models: Any, stream: bool
) -> None:
    rules(hedging={"after_ms": 1})
    lines = {"features": {}, "tenants": {"default": {"tokens": 10_000}}}
    (models / "budgets.yaml").write_text(yaml.safe_dump(lines))
    slow, quick = ScriptedAPI(SILENT), ScriptedAPI(GOOD[stream])
    async with asyncio.timeout(60), two(slow, quick) as client:
        body = BODY | {"stream": stream}
        async with client.post(PATH, body, X_Tenant_Id="acme") as response:
            assert (response.status, response.headers["X-Model"]) == (200, "two")
            await response.read()
        await slow.was_left.wait()
        async with client.get("/metrics") as response:
            text = await response.text()
    assert 'model_hedges_total{model="one",outcome="answered"} 1.0' in text
    labels = 'gen_ai_request_model="one",gen_ai_token_type="input",tenant_id="acme"'
    assert f"model_proxy_tokens_total{{{labels}}} 3.0" in text
    assert (len(slow.seen), len(quick.seen)) == (1, 1)
