"""Which embedding calls travel together, and that nobody pays for another's trouble."""

# covers R-0205

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from model_proxy.batching import Batcher
from model_proxy.caller import Caller
from model_proxy.errors import UpstreamError, UpstreamRejectedError
from model_proxy.providers import EmbeddingCall, Embeddings
from model_proxy.registry import load_registry
from model_proxy.wire import EmbeddingRequest, Usage


class Scale:
    """A model that waits to be told to answer; a text's vector is its length."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.cancelled = 0
        self.may_answer = asyncio.Event()

    async def __call__(self, call: EmbeddingCall) -> Embeddings:
        self.asked.append(call.texts)
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if "down" in call.texts:
            raise UpstreamError("It is down.")
        if "bad" in call.texts:
            raise UpstreamRejectedError("One text is bad.")
        used = sum(len(text) for text in call.texts)
        return Embeddings([[float(len(text))] for text in call.texts], Usage(used, 0, used))


@pytest.fixture
def call(models: Any) -> Any:
    model = load_registry(models).models["lexical-embed"]

    def make(*texts: str, **caller: Any) -> EmbeddingCall:
        request = EmbeddingRequest(model="embed", input=list(texts))
        return EmbeddingCall(model, request, list(texts), Caller(**caller), 5)

    return make


async def settle() -> None:
    """Let every task run until it waits for something that only the test can bring about."""
    for _ in range(10):
        await asyncio.sleep(0)


def begin(batcher: Batcher, calls: Sequence[EmbeddingCall]) -> list[Any]:
    return [asyncio.create_task(batcher.embed(call)) for call in calls]


async def test_batch_leaves_when_it_is_full(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=16, wait_s=3600)
    tasks = begin(batcher, [call(f"text {n}") for n in range(17)])
    await settle()
    assert [len(texts) for texts in model.asked] == [1, 16]
    model.may_answer.set()
    answers = await asyncio.gather(*tasks)
    assert [answer.vectors for answer in answers] == [[[6.0]]] * 10 + [[[7.0]]] * 7
    assert batcher.waiting == 0


async def test_batch_leaves_when_the_one_before_is_back(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=16, wait_s=3600)
    tasks = begin(batcher, [call(text) for text in ("a", "bb", "ccc")])
    await settle()
    assert (model.asked, batcher.waiting) == ([["a"]], 2)
    model.may_answer.set()
    answers = await asyncio.gather(*tasks)
    assert model.asked == [["a"], ["bb", "ccc"]]
    assert [answer.vectors for answer in answers] == [[[1.0]], [[2.0]], [[3.0]]]


async def test_batch_leaves_when_its_time_is_up(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=16, wait_s=0)
    tasks = begin(batcher, [call("a"), call("bb"), call("ccc")])
    while len(model.asked) < 2:  # noqa: ASYNC110 - the timer is the loop's own
        await asyncio.sleep(0)
    assert model.asked == [["a"], ["bb", "ccc"]]
    model.may_answer.set()
    await asyncio.gather(*tasks)


async def test_batch_never_exceeds_its_size(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=4, wait_s=3600)
    tasks = begin(batcher, [call("a"), call("b", "c", "d"), call("e", "f"), call("g", "h")])
    await settle()
    assert model.asked == [["a"], ["b", "c", "d"], ["e", "f", "g", "h"]]
    model.may_answer.set()
    await asyncio.gather(*tasks)


async def test_batch_divides_what_it_used(call: Any) -> None:
    model = Scale()
    model.may_answer.set()
    batcher = Batcher(model, size=16, wait_s=3600)
    calls = [call("first"), call("x" * 30), call("y" * 10), call("z")]
    answers = await asyncio.gather(*begin(batcher, calls))
    assert sum(answer.usage.prompt_tokens for answer in answers[1:]) == 41
    assert answers[1].usage.prompt_tokens > answers[2].usage.prompt_tokens


@pytest.mark.parametrize("other", [{"tenant": "b"}, {"use_case": "general"}])
async def test_batch_keeps_tenants_and_use_cases_apart(call: Any, other: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=16, wait_s=3600)
    mine = {"tenant": "a", "use_case": "answer"}
    calls = [call("a", **mine), call("b", **mine), call("c", **mine | other)]
    tasks = begin(batcher, calls)
    await settle()
    assert model.asked == [["a"], ["c"]]
    model.may_answer.set()
    await asyncio.gather(*tasks)
    assert model.asked == [["a"], ["c"], ["b"]]


async def test_batch_with_a_refused_text_fails_only_who_sent_it(call: Any) -> None:
    model = Scale()
    model.may_answer.set()
    batcher = Batcher(model, size=16, wait_s=3600)
    tasks = begin(batcher, [call("first"), call("good"), call("bad"), call("fine")])
    answers: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
    _, good, bad, fine = answers
    assert (good.vectors, fine.vectors) == ([[4.0]], [[4.0]])
    assert isinstance(bad, UpstreamRejectedError)


async def test_batch_that_fails_fails_for_all_of_it(call: Any) -> None:
    model = Scale()
    model.may_answer.set()
    batcher = Batcher(model, size=16, wait_s=3600)
    tasks = begin(batcher, [call("first"), call("good"), call("down")])
    answers: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
    first, *others = answers
    assert first.vectors == [[5.0]]
    assert [type(error) for error in others] == [UpstreamError] * 2


async def test_batch_goes_on_for_those_who_stay(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=2, wait_s=3600)
    tasks = begin(batcher, [call("first"), call("a"), call("bb")])
    await settle()
    tasks[1].cancel()
    await settle()
    assert model.cancelled == 0
    model.may_answer.set()
    assert (await tasks[2]).vectors == [[2.0]]


async def test_batch_that_nobody_waits_for_is_cancelled(call: Any) -> None:
    model = Scale()
    batcher = Batcher(model, size=2, wait_s=3600)
    tasks = begin(batcher, [call("first"), call("a"), call("bb"), call("queued")])
    await settle()
    for task in tasks:
        task.cancel()
    await settle()
    assert (model.cancelled, batcher.waiting, batcher._stops) == (2, 0, {})


async def test_call_of_a_batchs_size_travels_alone(call: Any) -> None:
    model = Scale()
    model.may_answer.set()
    batcher = Batcher(model, size=2, wait_s=3600)
    await batcher.embed(call("a", "b", "c"))
    assert model.asked == [["a", "b", "c"]]
