"""A sign-in is finished once, in time, in the browser that began it. covers R-0304, R-0401."""

from typing import Any

import pytest

from oidc_auth.errors import SignInError
from oidc_auth.sealing import digest
from oidc_auth.transactions import Transactions


async def reason_of(transactions: Transactions, *, state: str, binding: str) -> str:
    with pytest.raises(SignInError) as caught:
        await transactions.take(state=state, binding=binding)
    return caught.value.reason


async def test_take_returns_what_was_begun(transactions: Transactions) -> None:
    begun = await transactions.begin(return_to="/documents")
    taken = await transactions.take(state=begun.challenge.state, binding=begun.binding)
    assert taken == (begun.challenge, "/documents")


async def test_take_refuses_a_replayed_callback(transactions: Transactions) -> None:
    begun = await transactions.begin(return_to="/")
    await transactions.take(state=begun.challenge.state, binding=begun.binding)
    reason = await reason_of(transactions, state=begun.challenge.state, binding=begun.binding)
    assert reason == "state_unknown_or_used"


async def test_take_refuses_another_browser_and_leaves_the_first_one_its_chance(
    transactions: Transactions,
) -> None:
    begun = await transactions.begin(return_to="/")
    attacker = await transactions.begin(return_to="/")
    state = begun.challenge.state
    for binding in ("", attacker.binding):
        reason = await reason_of(transactions, state=state, binding=binding)
        assert reason == "state_of_another_browser"
    assert await transactions.take(state=state, binding=begun.binding)


async def test_take_refuses_a_state_that_was_made_up(transactions: Transactions) -> None:
    reason = await reason_of(transactions, state=digest("made up"), binding="made up")
    assert reason == "state_unknown_or_used"


@pytest.mark.parametrize("state", ["", "x", "\u00e9"])
async def test_take_refuses_a_bogus_state(transactions: Transactions, state: str) -> None:
    begun = await transactions.begin(return_to="/")
    reason = await reason_of(transactions, state=state, binding=begun.binding)
    assert reason == "state_of_another_browser"


async def test_take_refuses_a_slow_sign_in(transactions: Transactions, clock: Any) -> None:
    begun = await transactions.begin(return_to="/")
    clock.now += 600
    reason = await reason_of(transactions, state=begun.challenge.state, binding=begun.binding)
    assert reason == "state_expired"
