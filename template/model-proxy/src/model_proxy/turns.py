"""A call's models, one after another until one begins to answer; each is asked once.

Two may ``take`` turns of the same call at a time: they share the models that are left.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from model_proxy.breakers import Breakers
from model_proxy.budgets import Waste
from model_proxy.caller import Caller
from model_proxy.errors import (
    AnswerError,
    BudgetExhaustedError,
    CircuitOpenError,
    UpstreamError,
    UpstreamRejectedError,
)
from model_proxy.providers import ChatCall, Completion, EmbeddingCall
from model_proxy.registry import Model
from model_proxy.wire import Usage
from runtime.budget import HARD_LIMIT

Call = TypeVar("Call", ChatCall, EmbeddingCall)
Answer = TypeVar("Answer")


class WeakAnswerError(AnswerError):
    """An answer that a better model may improve; it is kept, should nobody do better."""

    code = "answer_weak"

    def __init__(self, weakness: str, call: ChatCall, answer: Completion) -> None:
        super().__init__(weakness)
        self.call = call
        self.answer = answer


@dataclass
class Turns(Generic[Call, Answer]):
    """The way of one call.

    Attributes:
        ask: gives an answer, or a stream whose first event is there, or an ``UpstreamError``.
        gave_way: is told of each model whose place another one takes.
        asking: who is asked right now.
    """

    call: Call
    ask: Callable[[Call], Awaitable[Answer]]
    breakers: Breakers
    gave_way: Callable[[Model, UpstreamError], None]
    asking: list[Model] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = iter((self.call.model, *self.call.others))
        self._failure: UpstreamError | None = None

    async def take(self) -> tuple[Call, Answer]:
        """Return the call as it was answered, and the answer.

        Raises:
            UpstreamError: of the first model that was really asked; ``CircuitOpenError`` when none
                was.
        """
        for model in self._left:
            try:
                return await self._try(model)
            except BudgetExhaustedError:
                if self._failure is None:
                    raise
                break
            except UpstreamError as error:
                self._failure = _telling(self._failure, error)
                if not _may_pass(error, model, self.call.others):
                    break
                if self.call.others:
                    self.gave_way(model, error)
        raise self._failure or CircuitOpenError("No model can be asked; try again soon.")

    def throw_away(self, model: Model, usage: Usage) -> None:
        """Count an answer that nobody gets to see."""
        self.call.reservation.wasted.append(wasted(model, usage))

    async def _try(self, model: Model) -> tuple[Call, Answer]:
        attempt = self.call if model is self.call.model else toward(self.call, model)
        with self.breakers[model.name].watch():
            self.asking.append(model)
            try:
                return attempt, await self.ask(_seen_by(model, attempt))
            finally:
                self.asking.remove(model)


def wasted(model: Model, usage: Usage) -> Waste:
    """Return what an answer cost that is thrown away."""
    return Waste(model.name, usage, model.cost(usage.prompt_tokens, usage.completion_tokens))


def toward(call: Call, model: Model) -> Call:
    """Return the same call to another model; ``BudgetExhaustedError`` when it is too slow."""
    return replace(call, model=model, timeout_s=timeout_s(model, call.caller))


def timeout_s(model: Model, caller: Caller) -> float:
    """Return how long the call may take: the model's limit or the caller's budget, if less."""
    if caller.deadline is None:
        return model.limits.timeout_s
    left_ms = caller.deadline.remaining_ms
    if left_ms < max(1, model.limits.first_byte_ms):
        raise BudgetExhaustedError(
            f"{model.name} needs {model.limits.first_byte_ms} ms to begin; "
            f"{left_ms:.0f} ms are left."
        )
    return min(model.limits.timeout_s, HARD_LIMIT * left_ms / 1000)


def _seen_by(model: Model, call: Call) -> Call:
    if not call.caller.fault:
        return call
    return replace(call, caller=call.caller.toward(model.name))


def _telling(first: UpstreamError | None, error: UpstreamError) -> UpstreamError:
    """Return which failure to tell: a weak answer, else the first of a model that was asked."""
    if isinstance(error, WeakAnswerError) and not isinstance(first, WeakAnswerError):
        return error
    return error if first is None or isinstance(first, CircuitOpenError) else first


def _may_pass(error: UpstreamError, model: Model, others: tuple[Model, ...]) -> bool:
    """Say whether another model may do better: a refused request only where more fits in."""
    if not isinstance(error, UpstreamRejectedError):
        return True
    return any(other.limits.context_tokens > model.limits.context_tokens for other in others)
