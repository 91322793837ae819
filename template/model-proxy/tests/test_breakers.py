"""A model that fails is left alone, and a probe finds out whether it is well again."""

# covers R-0210

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from model_proxy.breakers import Breaker, Breakers
from model_proxy.errors import (
    CircuitOpenError,
    EmptyAnswerError,
    UpstreamBusyError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
)
from model_proxy.rules import Breaking

RULE = Breaking(calls=4, failures=2, open_s=10, probes=1, slow_s=5)


class Clock:
    """A clock that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(RULE, clock=clock)


def fail(breaker: Breaker, error: type[Exception] = UpstreamError) -> None:
    with pytest.raises(error), breaker.watch():
        raise error("down")


def state(breaker: Breaker) -> str:
    return breaker.state


def succeed(breaker: Breaker) -> None:
    with breaker.watch():
        pass


def test_breaker_opens_on_failures_among_the_last_calls(breaker: Breaker) -> None:
    fail(breaker)
    succeed(breaker)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"
    with pytest.raises(CircuitOpenError) as caught, breaker.watch():
        pytest.fail("nobody is let through")
    assert caught.value.retry_after_s == 10


def test_breaker_forgets_failures_that_are_long_ago(breaker: Breaker) -> None:
    fail(breaker)
    for _ in range(4):
        succeed(breaker)
    fail(breaker)
    assert state(breaker) == "closed"


def test_breaker_lets_one_probe_through_and_closes_when_it_is_well(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 10
    assert state(breaker) == "half-open"
    with breaker.watch(), pytest.raises(CircuitOpenError), breaker.watch():
        pytest.fail("the probe is alone")
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "closed"


def test_breaker_opens_again_when_the_probe_fails(breaker: Breaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 10
    fail(breaker)
    assert state(breaker) == "open"
    clock.now += 9
    assert not breaker.admits
    clock.now += 1
    assert breaker.admits


def test_breaker_gives_the_probes_place_back_when_its_caller_leaves(
    breaker: Breaker, clock: Clock
) -> None:
    fail(breaker)
    fail(breaker)
    clock.now += 10
    with pytest.raises(KeyboardInterrupt), breaker.watch():
        raise KeyboardInterrupt
    assert state(breaker) == "half-open"
    assert breaker.admits


@pytest.mark.parametrize("error", [UpstreamRejectedError, UpstreamBusyError, EmptyAnswerError])
def test_breaker_does_not_count_what_shows_a_model_that_works(breaker: Breaker, error: Any) -> None:
    for _ in range(4):
        fail(breaker, error)
    assert state(breaker) == "closed"


@pytest.mark.parametrize(("waited_s", "after"), [(4.9, "closed"), (5.0, "open")])
def test_breaker_counts_a_timeout_only_when_the_model_had_time(
    breaker: Breaker, clock: Clock, waited_s: float, after: str
) -> None:
    def wait() -> None:
        with breaker.watch():
            clock.now += waited_s
            raise UpstreamTimeoutError("late")

    for _ in range(2):
        with pytest.raises(UpstreamTimeoutError):
            wait()
    assert state(breaker) == after


def test_breakers_show_their_state_to_prometheus(clock: Clock) -> None:
    metrics = CollectorRegistry()
    breakers = Breakers(["one", "two"], RULE, metrics, clock=clock)
    fail(breakers["two"])
    fail(breakers["two"])
    shown = [metrics.get_sample_value("model_circuit_state", {"model": m}) for m in ("one", "two")]
    assert shown == [0, 2]
