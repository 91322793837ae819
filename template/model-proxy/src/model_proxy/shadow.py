"""The same questions to a model that nobody reads yet, to know what it would be like to switch.

A share of the answers (``models/routing.yaml``) is compared with a candidate's or a canary's:
latency, errors, likeness, cost. The comparison waits in a short queue beside the request, which
never waits for it: what has no room is dropped, and what is running at shutdown is cancelled; both
are counted. The shadow has a token budget of its own (``shadow`` in ``models/budgets.yaml``) and is
sent only where the policy lets the use case go.
"""

import asyncio
import time
from collections import Counter as Bag
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary

from model_proxy.errors import ProxyError, TokenBudgetError
from model_proxy.ledgers import Ledger
from model_proxy.providers import ChatCall, Provider
from model_proxy.quality import text_of
from model_proxy.registry import Model
from model_proxy.routing import Router
from model_proxy.rules import Rules
from model_proxy.share import Share
from model_proxy.simulation.words import words
from model_proxy.switches import Switchboard
from model_proxy.whole import whole
from model_proxy.wire import Usage
from runtime.logs import logger

STAGES = ("candidate", "canary")
USE_CASE = "shadow"
WORKERS = 2
_LIKENESS = (0.25, 0.5, 0.75, 0.9, 1.0)

Clock = Callable[[], float]


@dataclass(frozen=True)
class Comparison:
    """What was answered, and what is to be asked."""

    call: ChatCall
    shadow: Model
    text: str
    usage: Usage
    seconds: float


class Figures:
    """What the comparisons say, for Prometheus."""

    def __init__(self, metrics: CollectorRegistry) -> None:
        self.outcomes = Counter(
            "model_shadow_total",
            "Comparisons by how they ended",
            ["model", "outcome"],
            registry=metrics,
        )
        self.likeness = Histogram(
            "model_shadow_likeness",
            "Share of words that both answers have",
            ["model"],
            buckets=_LIKENESS,
            registry=metrics,
        )
        self.seconds = Summary(
            "model_shadow_seconds",
            "How long either answer took",
            ["model", "side"],
            registry=metrics,
        )
        self.cost = Counter(
            "model_shadow_cost_usd_total",
            "What either answer cost",
            ["model", "side"],
            registry=metrics,
        )


class Shadow:
    """Takes its share of the answers and compares them beside the requests."""

    def __init__(
        self,
        router: Router,
        rules: Rules,
        switchboard: Switchboard,
        ledger: Ledger,
        metrics: CollectorRegistry,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._router = router
        self._switchboard = switchboard
        self._ledger = ledger
        self._clock = clock
        self._figures = Figures(metrics)
        self._shares = {alias: Share(rules.shadow_percent) for alias in router.registry.challengers}
        self._most = rules.shadow_queue
        self.queue: asyncio.Queue[Comparison] = asyncio.Queue(self._most)

    def offer(self, call: ChatCall, text: Callable[[], str], usage: Usage, seconds: float) -> None:
        """Consider one answer; it costs the request a look into a dictionary, and never raises."""
        share = self._shares.get(call.request.model)
        if share is None or not share.take():
            return
        shadow = self._router.challenger(call.request.model, call.caller.use_case, STAGES)
        is_wanted = self._switchboard.of(call.caller.tenant).has_shadow
        if not is_wanted or shadow is None or shadow is call.model or call.request.offers_tools:
            return
        try:
            self.queue.put_nowait(Comparison(call, shadow, text(), usage, seconds))
        except asyncio.QueueFull:
            self._figures.outcomes.labels(shadow.name, "dropped").inc()

    @asynccontextmanager
    async def running(self, providers: Mapping[str, Provider]) -> AsyncIterator[None]:
        """Compare while the context is open; what is left at its end is cancelled and counted."""
        self.queue = asyncio.Queue(self._most)
        workers = [asyncio.create_task(self._work(providers)) for _ in range(WORKERS)]
        try:
            yield
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            while not self.queue.empty():
                waiting = self.queue.get_nowait()
                self._figures.outcomes.labels(waiting.shadow.name, "cancelled").inc()

    async def _work(self, providers: Mapping[str, Provider]) -> None:
        while True:
            comparison = await self.queue.get()
            try:
                outcome = await self._compare(comparison, providers)
            except asyncio.CancelledError:
                self._figures.outcomes.labels(comparison.shadow.name, "cancelled").inc()
                raise
            except TokenBudgetError:
                outcome = "over_budget"
            except ProxyError as error:
                outcome = error.code
            except TimeoutError:
                outcome = "upstream_timeout"
            except Exception:  # noqa: BLE001 - a comparison that breaks must not end the comparing
                logger(__name__).exception("shadow_failed", model=comparison.shadow.name)
                outcome = "failed"
            self._figures.outcomes.labels(comparison.shadow.name, outcome).inc()
            self.queue.task_done()

    async def _compare(self, comparison: Comparison, providers: Mapping[str, Provider]) -> str:
        model, primary = comparison.shadow, comparison.call
        reservation = await self._ledger.reserve(USE_CASE, "", primary.reservation.tokens)
        caller = replace(primary.caller, fault="", deadline=None)
        call = whole(replace(primary, model=model, caller=caller, others=()))
        started, used = self._clock(), 0
        try:
            async with asyncio.timeout(model.limits.timeout_s):
                answer = await providers[model.name].complete(call)
            used = answer.usage.total_tokens
        finally:
            reservation.settle(used)
        seconds = self._clock() - started
        self._record(
            comparison, likeness(comparison.text, text_of(answer.body)), seconds, answer.usage
        )
        return "ok"

    def _record(self, comparison: Comparison, alike: float, seconds: float, usage: Usage) -> None:
        shadow, primary = comparison.shadow, comparison.call.model
        costs = {
            "primary": primary.cost(
                comparison.usage.prompt_tokens, comparison.usage.completion_tokens
            ),
            "shadow": shadow.cost(usage.prompt_tokens, usage.completion_tokens),
        }
        self._figures.likeness.labels(shadow.name).observe(alike)
        for side, took in (("primary", comparison.seconds), ("shadow", seconds)):
            self._figures.seconds.labels(shadow.name, side).observe(took)
            self._figures.cost.labels(shadow.name, side).inc(costs[side])
        logger(__name__).info(
            "shadow_compared",
            model=primary.name,
            shadow=shadow.name,
            use_case=comparison.call.caller.use_case,
            prompt_hash=comparison.call.caller.prompt_hash,
            likeness=round(alike, 3),
            seconds=round(comparison.seconds, 3),
            shadow_seconds=round(seconds, 3),
            cost_usd=costs["primary"],
            shadow_cost_usd=costs["shadow"],
        )


def likeness(one: str, other: str) -> float:
    """Return the share of words that two texts have in common (Sørensen, Dice)."""
    left, right = Bag(words(one)), Bag(words(other))
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0
