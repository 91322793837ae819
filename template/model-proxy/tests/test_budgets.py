"""Tokens are set aside before a call and settled after it; nothing slips past, nothing is lost."""

# covers R-0210

from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy import budgets
from model_proxy.budgets import Budgets, ProcessLedger, Waste, load_budgets
from model_proxy.errors import TokenBudgetError
from model_proxy.sources import ConfigurationError
from model_proxy.wire import Usage
from runtime.product import root

BODY = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 100}
PATH = "/v1/chat/completions"


class Clock:
    """A wall clock that the test moves."""

    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def ledger(clock: Any = Clock(), share: int = 1, **features: Any) -> ProcessLedger:  # noqa: B008 - still
    given = Budgets.model_validate({"tenants": {}, **features})
    return ProcessLedger(given, clock=clock, share=share)


def test_reserve_refuses_what_would_go_over_the_end() -> None:
    counts = ledger(features={"answer": {"tokens": 100, "per": "day"}})
    counts.reserve("answer", "acme", 60)
    with pytest.raises(TokenBudgetError, match=r"'answer' has 40 of its 100 tokens per day left"):
        counts.reserve("answer", "acme", 41)
    counts.reserve("answer", "acme", 40)


def test_settle_gives_back_what_was_not_used_and_counts_what_was_thrown_away() -> None:
    counts = ledger(features={"answer": {"tokens": 100, "per": "day"}})
    reservation = counts.reserve("answer", "", 90)
    reservation.wasted.append(Waste("another", Usage(2, 3, 5)))
    reservation.settle(20)
    reservation.settle(20)
    assert counts.used() == {"answer": 25}


def test_settle_counts_more_than_was_set_aside() -> None:
    counts = ledger(features={"answer": {"tokens": 100, "per": "day"}})
    counts.reserve("answer", "", 10).settle(150)
    with pytest.raises(TokenBudgetError):
        counts.reserve("answer", "", 1)


def test_reserve_of_both_takes_from_neither_when_one_is_used_up() -> None:
    counts = ledger(
        features={"answer": {"tokens": 100, "per": "day"}},
        tenants={"default": {"tokens": 10, "per": "hour"}},
    )
    with pytest.raises(TokenBudgetError, match="The tenant 'acme'"):
        counts.reserve("answer", "acme", 11)
    assert counts.used() == {"answer": 0}


def test_window_begins_anew_with_the_clock_and_late_settlements_leave_it_alone() -> None:
    clock = Clock()
    clock.now = 60.0 * 1000 + 59
    counts = ledger(clock, features={"answer": {"tokens": 100, "per": "minute"}})
    old = counts.reserve("answer", "", 100)
    with pytest.raises(TokenBudgetError) as caught:
        counts.reserve("answer", "", 1)
    assert caught.value.retry_after_s == 1
    clock.now += 1
    counts.reserve("answer", "", 80)
    old.settle(0)
    assert counts.used() == {"answer": 80}


def test_default_speaks_for_everybody_apart() -> None:
    counts = ledger(features={"default": {"tokens": 10, "per": "day"}})
    counts.reserve("one", "", 10)
    counts.reserve("two", "", 10)
    with pytest.raises(TokenBudgetError):
        counts.reserve("one", "", 1)


def test_tenants_without_end_share_one_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "MOST_COUNTED", 2)
    counts = ledger(features={}, tenants={"default": {"tokens": 10, "per": "day"}})
    for tenant in ("a", "b", "c"):
        counts.reserve("x", tenant, 6)
    with pytest.raises(TokenBudgetError):
        counts.reserve("x", "d", 6)


def test_replicas_divide_a_line() -> None:
    counts = ledger(share=4, features={"answer": {"tokens": 100, "per": "day"}})
    counts.reserve("answer", "", 25)
    with pytest.raises(TokenBudgetError):
        counts.reserve("answer", "", 1)


def test_load_budgets_reads_what_is_shipped_and_names_a_wrong_line(tmp_path: Path) -> None:
    assert "answer" in load_budgets(root() / "models").features
    assert load_budgets(tmp_path).features == {}
    (tmp_path / "budgets.yaml").write_text("features: {a: {tokens: many}}\ntenants: {}\n")
    with pytest.raises(ConfigurationError, match=r"budgets\.yaml:1: features\.a\.tokens"):
        load_budgets(tmp_path)


@pytest.fixture
def limit(models: Path) -> Any:
    """Give the use case ``general`` so many tokens a day."""

    def write(tokens: int) -> None:
        content = {"features": {"general": {"tokens": tokens}}, "tenants": {}}
        (models / "budgets.yaml").write_text(yaml.safe_dump(content))

    return write


async def test_chat_over_budget_is_refused_with_what_to_do(start: Any, limit: Any) -> None:
    limit(150)
    async with start() as client:
        async with client.post(PATH, BODY | {"max_tokens": 1000}) as response:
            error = (await response.json())["error"]
            assert (response.status, error["code"]) == (429, "token_budget_exhausted")
            assert int(response.headers["Retry-After"]) > 0
            assert "models/budgets.yaml" in error["message"]
        async with client.post(PATH, BODY) as response:
            assert response.status == 200


@pytest.mark.parametrize("is_stream", [False, True])
async def test_chat_gives_back_what_it_did_not_use(
    start: Any, limit: Any, *, is_stream: bool
) -> None:
    limit(400)
    async with start() as client:
        for _ in range(6):
            async with client.post(PATH, BODY | {"stream": is_stream}) as response:
                await response.read()
                assert response.status == 200


async def test_chat_counts_a_stream_that_was_cut(start: Any, limit: Any) -> None:
    limit(180)
    async with start() as client:
        body = BODY | {"stream": True, "messages": [{"role": "user", "content": "Hello " * 20}]}
        async with client.post(PATH, body, X_Model_Fault="truncate") as response:
            assert "upstream_failed" in await response.text()
        async with client.post(PATH, body) as response:
            error = (await response.json())["error"]
    assert error["code"] == "token_budget_exhausted"


async def test_chat_that_fails_uses_nothing(start: Any, limit: Any) -> None:
    limit(150)
    async with start() as client:
        for _ in range(3):
            async with client.post(PATH, BODY, X_Model_Fault="fail") as response:
                assert (await response.json())["error"]["code"] == "upstream_failed"
