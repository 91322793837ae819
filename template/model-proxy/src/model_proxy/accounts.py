"""What each call used and cost: one span and one log line, without a word of its content."""

import time
from dataclasses import dataclass, field
from typing import Literal

from opentelemetry import trace

from model_proxy import conventions as names
from model_proxy.budgets import Reservation
from model_proxy.caller import Caller
from model_proxy.errors import ProxyError
from model_proxy.registry import Model
from model_proxy.wire import Usage
from runtime.logs import logger
from runtime.telemetry import tracer

CacheState = Literal["hit", "miss", "bypass"]
Operation = Literal["chat", "embeddings"]


@dataclass
class Account:
    """One call from its routing to its last byte; ``close`` is called exactly once."""

    operation: Operation
    model: Model
    caller: Caller
    asked_for: str
    is_stream: bool = False
    cache: CacheState = "bypass"
    usage: Usage = field(default_factory=Usage)
    reservation: Reservation = field(default_factory=Reservation)
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.span = tracer(__name__).start_span(
            f"{self.operation} {self.model.name}",
            kind=trace.SpanKind.CLIENT,
            attributes={
                names.OPERATION: self.operation,
                names.PROVIDER: self.model.provider,
                names.REQUEST_MODEL: self.asked_for,
                names.REQUEST_STREAM: self.is_stream,
                names.RESPONSE_MODEL: self.model.upstream,
                names.TENANT: self.caller.tenant,
                names.USE_CASE: self.caller.use_case,
                names.PROMPT_HASH: self.caller.prompt_hash,
            },
        )

    @property
    def cost_usd(self) -> float:
        """What the provider charges; a remembered answer costs nothing."""
        if self.cache == "hit":
            return 0.0
        return self.model.cost(self.usage.prompt_tokens, self.usage.completion_tokens)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.started

    def close(self, error: BaseException | None = None) -> None:
        """End the span and write the line; an error is named by its code."""
        outcome = _outcome(error)
        self.reservation.settle(0 if self.cache == "hit" else self.usage.total_tokens)
        self.span.set_attributes(
            {
                names.INPUT_TOKENS: self.usage.prompt_tokens,
                names.OUTPUT_TOKENS: self.usage.completion_tokens,
                names.CACHE: self.cache,
                names.COST_USD: self.cost_usd,
                **({names.ERROR_TYPE: outcome} if error else {}),
            }
        )
        self.span.end()
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
            duration_ms=round(self.seconds * 1000, 1),
        )


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    return error.code if isinstance(error, ProxyError) else "cancelled"
