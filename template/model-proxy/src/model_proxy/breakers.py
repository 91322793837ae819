"""Circuit breakers: a model that fails is left alone until a probe finds it well again.

A breaker never lets traffic through because all others are open too: then the request is refused
(``CircuitOpenError``) and says when to come back.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from math import ceil
from typing import Literal

from prometheus_client import CollectorRegistry, Gauge

from model_proxy.errors import (
    AnswerError,
    CircuitOpenError,
    UpstreamBusyError,
    UpstreamError,
    UpstreamRejectedError,
    UpstreamTimeoutError,
)
from model_proxy.rules import Breaking

Clock = Callable[[], float]
State = Literal["closed", "half-open", "open"]
# The model is well: it says no, has enough to do, or gave an answer that is not good enough.
_BLAMELESS = (AnswerError, CircuitOpenError, UpstreamBusyError, UpstreamRejectedError)
_FIGURES: dict[State, int] = {"closed": 0, "half-open": 1, "open": 2}


class Breaker:
    """One model's circuit.

    The last calls are the bits of one integer, so that a call costs a shift and a comparison.
    """

    def __init__(self, rule: Breaking, *, clock: Clock = time.monotonic) -> None:
        self._rule = rule
        self._clock = clock
        self._mask = (1 << rule.calls) - 1
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = 0

    @property
    def state(self) -> State:
        """Closed lets all through, half-open a few probes, open nobody."""
        if self._opened_at is None:
            return "closed"
        return "open" if self.wait_s > 0 else "half-open"

    @property
    def wait_s(self) -> float:
        """Seconds until a probe may pass; 0 when one may now."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._rule.open_s - self._clock())

    @property
    def admits(self) -> bool:
        """Whether a call may pass now."""
        if self._opened_at is None:
            return True
        return self.wait_s == 0 and self._probing < self._rule.probes

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Pass one call, and learn from how it ends; what is the caller's fault counts for nothing.

        Raises:
            CircuitOpenError: the circuit is open, or enough probes are on their way.
        """
        if not self.admits:
            raise CircuitOpenError(
                "The models that could answer are left alone after failures; try again soon.",
                retry_after_s=self._retry_s,
            )
        is_probe = self._opened_at is not None
        self._probing += is_probe
        started = self._clock()
        try:
            yield
        except UpstreamError as error:
            if self._is_failure(error, self._clock() - started):
                self._fail(is_probe=is_probe)
            raise
        else:
            self._succeed(is_probe=is_probe)
        finally:
            self._probing -= is_probe

    def note_broken_stream(self) -> None:
        """Count a stream that broke off after it had begun."""
        self._fail(is_probe=self._opened_at is not None)

    @property
    def _retry_s(self) -> int:
        return max(1, ceil(self.wait_s))

    def _is_failure(self, error: UpstreamError, took_s: float) -> bool:
        if isinstance(error, UpstreamTimeoutError):
            return took_s >= self._rule.slow_s
        return not isinstance(error, _BLAMELESS)

    def _fail(self, *, is_probe: bool) -> None:
        self._failures = (self._failures << 1 | 1) & self._mask
        if is_probe or (
            self._opened_at is None and self._failures.bit_count() >= self._rule.failures
        ):
            self._opened_at = self._clock()

    def _succeed(self, *, is_probe: bool) -> None:
        if is_probe:
            self._opened_at, self._failures = None, 0
        elif self._failures:
            self._failures = self._failures << 1 & self._mask


class Breakers:
    """One breaker per model, and a gauge that shows them all."""

    def __init__(
        self,
        models: Iterable[str],
        rule: Breaking,
        metrics: CollectorRegistry,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._breakers = {name: Breaker(rule, clock=clock) for name in models}
        gauge = Gauge(
            "model_circuit_state",
            "0 closed, 1 half-open (probing), 2 open",
            ["model"],
            registry=metrics,
        )
        for name, breaker in self._breakers.items():
            # Read when Prometheus asks; a call pays nothing for it.
            gauge.labels(name).set_function(partial(_figure, breaker))

    def __getitem__(self, name: str) -> Breaker:
        """Return the model's breaker."""
        return self._breakers[name]


def _figure(breaker: Breaker) -> float:
    return _FIGURES[breaker.state]
