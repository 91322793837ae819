"""What each call used and cost: a span, a log line and the metrics, without a word of content."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from opentelemetry import trace

from model_proxy import conventions as names
from model_proxy.budgets import Reservation
from model_proxy.caller import Caller
from model_proxy.errors import ProxyError
from model_proxy.invariants import Invariants
from model_proxy.metrics import ProxyMetrics
from model_proxy.providers import ChatCall, EmbeddingCall
from model_proxy.registry import Model
from model_proxy.wire import Usage
from runtime.logs import logger
from runtime.telemetry import tracer

CacheState = Literal["hit", "semantic", "miss", "bypass"]
Operation = Literal["chat", "embeddings"]
_REMEMBERED = frozenset({"hit", "semantic"})


@dataclass(frozen=True)
class Accounts:
    """Opens an account for each call; ``prompts`` knows the templates by their hashes."""

    metrics: ProxyMetrics
    clock: Callable[[], float] = time.perf_counter
    prompts: Invariants = field(default_factory=lambda: Invariants({}))

    def chat(self, call: ChatCall) -> "Account":
        """Open the account of a chat call."""
        request = call.request
        asked = {
            names.REQUEST_STREAM: request.stream,
            names.REQUEST_MAX_TOKENS: request.token_limit,
            names.REQUEST_TEMPERATURE: request.temperature,
            names.REQUEST_SEED: request.seed,
        }
        return self._open("chat", call, asked)

    def embeddings(self, call: EmbeddingCall) -> "Account":
        """Open the account of an embeddings call."""
        return self._open("embeddings", call, {})

    def _open(
        self, operation: Operation, call: ChatCall | EmbeddingCall, asked: dict[str, Any]
    ) -> "Account":
        span = trace.INVALID_SPAN if _is_dropped() else self._span(operation, call, asked)
        return Account(
            operation, call.model, call.caller, self.metrics, span, self.clock, call.reservation
        )

    def _span(
        self, operation: Operation, call: ChatCall | EmbeddingCall, asked: dict[str, Any]
    ) -> trace.Span:
        told = {name: value for name, value in asked.items() if value is not None}
        if prompt := self.prompts.prompt(call.caller.prompt_hash):
            told |= {names.PROMPT_NAME: prompt.name, names.PROMPT_VERSION: str(prompt.version)}
        if call.caller.dataset:
            told[names.DATASET] = call.caller.dataset
        return tracer(__name__).start_span(
            f"{operation} {call.request.model}",
            kind=trace.SpanKind.CLIENT,
            attributes={
                names.OPERATION: operation,
                names.REQUEST_MODEL: call.request.model,
                names.TENANT: call.caller.tenant,
                names.USE_CASE: call.caller.use_case,
                names.PROMPT_HASH: call.caller.prompt_hash,
                **told,
            },
        )


@dataclass
class Account:
    """One call from its routing to its last byte; only the first ``close`` counts.

    Attributes:
        model: who answers; another than the preferred one where that failed.
        cache: where the answer comes from.
        usage: what the model counted.
        finish_reason: how the model ended its answer.
    """

    operation: Operation
    model: Model
    caller: Caller
    metrics: ProxyMetrics
    span: trace.Span
    clock: Callable[[], float]
    reservation: Reservation
    cache: CacheState = "bypass"
    usage: Usage = field(default_factory=Usage)
    finish_reason: str | None = None
    first_s: float | None = None

    def __post_init__(self) -> None:
        self._started = self.clock()
        self._is_closed = False

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self.clock() - self._started

    @property
    def is_remembered(self) -> bool:
        """Whether no model was asked."""
        return self.cache in _REMEMBERED

    @property
    def cost_usd(self) -> float:
        """What providers charge, thrown-away answers included; a remembered one costs nothing."""
        return self._own_cost_usd + sum(waste.cost_usd for waste in self.reservation.wasted)

    @property
    def _own_cost_usd(self) -> float:
        if self.is_remembered:
            return 0.0
        return self.model.cost(self.usage.prompt_tokens, self.usage.completion_tokens)

    def begin(self) -> None:
        """Note that the answer has begun."""
        self.first_s = self.seconds
        self.metrics.first_chunk(self.operation, self.model.name, self.first_s)

    def close(self, error: BaseException | None = None) -> None:
        """End the span, count, and write the line; an error is named by its code."""
        if self._is_closed:
            return
        self._is_closed = True
        self.reservation.settle(0 if self.is_remembered else self.usage.total_tokens)
        outcome, seconds = _outcome(error), self.seconds
        self._end_span(outcome if error else None)
        self._count(outcome, seconds)
        self._log(outcome, seconds)

    def _end_span(self, error: str | None) -> None:
        if self.span.is_recording():
            self.span.set_attributes(
                {
                    names.PROVIDER: self.model.provider,
                    names.RESPONSE_MODEL: self.model.upstream,
                    names.ROUTED_MODEL: self.model.name,
                    names.INPUT_TOKENS: self.usage.prompt_tokens,
                    names.OUTPUT_TOKENS: self.usage.completion_tokens,
                    names.CACHE: self.cache,
                    names.COST_USD: self.cost_usd,
                }
            )
            if self.first_s is not None:
                self.span.set_attribute(names.RESPONSE_FIRST_CHUNK_S, self.first_s)
            if self.finish_reason:
                self.span.set_attribute(names.RESPONSE_FINISH_REASONS, [self.finish_reason])
            if error:
                self.span.set_attribute(names.ERROR_TYPE, error)
                self.span.set_status(trace.StatusCode.ERROR)
        self.span.end()

    def _count(self, outcome: str, seconds: float) -> None:
        model = self.model.name
        self.metrics.ended(
            self.operation,
            model,
            use_case=self.caller.use_case,
            outcome=outcome,
            cache=self.cache,
            seconds=seconds,
        )
        if self.finish_reason:
            self.metrics.finished(model, self.finish_reason)
        if not self.is_remembered:
            self._pay(model, self.usage, self._own_cost_usd)
        for waste in self.reservation.wasted:
            self._pay(waste.model, waste.usage, waste.cost_usd)

    def _pay(self, model: str, usage: Usage, cost_usd: float) -> None:
        tenant, read, written = self.caller.tenant, usage.prompt_tokens, usage.completion_tokens
        self.metrics.used(model, tenant, read=read, written=written, cost_usd=cost_usd)

    def _log(self, outcome: str, seconds: float) -> None:
        logger(__name__).info(
            self.operation,
            outcome=outcome,
            model=self.model.name,
            provider=self.model.provider,
            tenant_id=self.caller.tenant,
            use_case=self.caller.use_case,
            prompt_hash=self.caller.prompt_hash,
            input_tokens=self.usage.prompt_tokens,
            output_tokens=self.usage.completion_tokens,
            cost_usd=self.cost_usd,
            cache=self.cache,
            duration_ms=round(seconds * 1000, 1),
        )


def _is_dropped() -> bool:
    """Say whether the request's trace is not kept: then its spans need not be made either."""
    parent = trace.get_current_span()
    return parent.get_span_context().is_valid and not parent.is_recording()


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    if isinstance(error, ProxyError):
        return error.code
    return ProxyError.code if isinstance(error, Exception) else "cancelled"
