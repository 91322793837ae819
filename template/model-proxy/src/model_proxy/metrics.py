"""Four dials for every model: time, quality, reliability, money; and what a scaler has to know."""

from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from model_proxy import conventions as names

MAX_TENANTS = 1000
OTHER = "other"
"""Stands for every tenant after the first ``MAX_TENANTS``, so that labels can't grow for ever."""


class Children:
    """A metric's children, each looked up by its labels once."""

    def __init__(self, metric: Counter | Histogram) -> None:
        self._metric = metric
        self._children: dict[tuple[str, ...], Any] = {}

    def of(self, *labels: str) -> Any:  # noqa: ANN401 - a counter or a histogram
        """Return the child."""
        child = self._children.get(labels)
        if child is None:
            child = self._children[labels] = self._metric.labels(*labels)
        return child


class ProxyMetrics:
    """What Prometheus reads of the proxy's work; one per application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._tenants: set[str] = set()
        call = [names.OPERATION_LABEL, names.MODEL_LABEL]
        self._duration = self._histogram(
            names.DURATION_METRIC, "Seconds from a call's arrival to its last byte", call
        )
        self._first = self._histogram(
            names.FIRST_CHUNK_METRIC, "Seconds from a call's arrival to its first byte", call
        )
        self._answers = self._counter(
            names.ANSWERS_METRIC,
            "Calls by how they ended (ok, or an error's code) and where the answer came from",
            [*call, "use_case", "outcome", "cache"],
        )
        self._finishes = self._counter(
            names.FINISHES_METRIC,
            "Chat answers by how the model ended them; only a stop is a whole answer",
            [names.MODEL_LABEL, "finish_reason"],
        )
        self._tokens = self._counter(
            names.TOKENS_METRIC,
            "Tokens that models read and wrote; remembered answers use none",
            [names.MODEL_LABEL, names.KIND_LABEL, "tenant_id"],
        )
        self._cost = self._counter(
            names.COST_METRIC,
            "US dollars that providers charge, by the registry's prices",
            [names.MODEL_LABEL, "tenant_id"],
        )

    def watch(self, *, in_flight: Callable[[], float], waiting: Callable[[], float]) -> None:
        """Read these whenever Prometheus asks: concurrency and queue depth, for scaling."""
        for name, text, read in (
            (names.IN_FLIGHT_METRIC, "Requests that are served now", in_flight),
            (names.WAITING_METRIC, "Requests and texts that wait for their turn", waiting),
        ):
            Gauge(name, text, registry=self._registry).set_function(read)

    def first_chunk(self, operation: str, model: str, seconds: float) -> None:
        """Note when an answer began."""
        self._first.of(operation, model).observe(seconds)

    def ended(
        self, operation: str, model: str, *, use_case: str, outcome: str, cache: str, seconds: float
    ) -> None:
        """Note how a call ended, and when."""
        self._duration.of(operation, model).observe(seconds)
        self._answers.of(operation, model, use_case, outcome, cache).inc()

    def finished(self, model: str, reason: str) -> None:
        """Note how the model ended its answer."""
        self._finishes.of(model, reason).inc()

    def used(self, model: str, tenant: str, *, read: int, written: int, cost_usd: float) -> None:
        """Note what a model used for a tenant."""
        tenant = self._bounded(tenant)
        self._tokens.of(model, "input", tenant).inc(read)
        self._tokens.of(model, "output", tenant).inc(written)
        self._cost.of(model, tenant).inc(cost_usd)

    def _bounded(self, tenant: str) -> str:
        if tenant not in self._tenants:
            if len(self._tenants) >= MAX_TENANTS:
                return OTHER
            self._tenants.add(tenant)
        return tenant

    def _histogram(self, name: str, text: str, labels: list[str]) -> Children:
        bounds = names.BOUNDS_S
        return Children(Histogram(name, text, labels, buckets=bounds, registry=self._registry))

    def _counter(self, name: str, text: str, labels: list[str]) -> Children:
        return Children(Counter(name, text, labels, registry=self._registry))
