"""Who is asked, in which order, and what a failure means for the next one.

A model that fails, is busy or answers with nothing of use gives way to the next one, as long as
nothing has reached the caller. Circuit breakers keep calls from models that keep failing; when all
are open the request is refused, never let through.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter

from model_proxy.breakers import Breakers
from model_proxy.caller import Caller
from model_proxy.errors import (
    AnswerError,
    BudgetExhaustedError,
    CircuitOpenError,
    UpstreamError,
    UpstreamRejectedError,
)
from model_proxy.invariants import Invariants, Shape, invalid, repair_body
from model_proxy.providers import ChatCall, Completion, EmbeddingCall
from model_proxy.quality import Judge
from model_proxy.registry import Model
from model_proxy.wire import ChatRequest, decode_body
from runtime.budget import HARD_LIMIT
from runtime.logs import logger

Call = TypeVar("Call", ChatCall, EmbeddingCall)
Answer = TypeVar("Answer")


class WeakAnswerError(AnswerError):
    """An answer that a better model may improve; it is kept, should nobody do better."""

    code = "answer_weak"

    def __init__(self, weakness: str, call: ChatCall, answer: Completion) -> None:
        super().__init__(weakness)
        self.call = call
        self.answer = answer


class Figures:
    """How often a model gave way to the next one, and answers were repaired."""

    def __init__(self, metrics: CollectorRegistry) -> None:
        self.fallbacks = Counter(
            "model_fallbacks_total",
            "Times that a model gave way",
            ["model", "reason"],
            registry=metrics,
        )
        self.repairs = Counter(
            "model_repairs_total", "Answers that broke their schema", ["outcome"], registry=metrics
        )


@dataclass(frozen=True)
class Attempts:
    """Asks the call's models until one begins to answer."""

    breakers: Breakers
    judge: Judge
    invariants: Invariants
    figures: Figures

    async def first(
        self, call: Call, ask: Callable[[Call], Awaitable[Answer]]
    ) -> tuple[Call, Answer]:
        """Return the call as it was answered, and the answer.

        Args:
            call: to the preferred model; ``others`` may answer in its place.
            ask: gives an answer, or a stream whose first event is there, or an ``UpstreamError``.

        Raises:
            UpstreamError: of the first model that was really asked; ``CircuitOpenError`` when none
                was.
        """
        failure: UpstreamError | None = None
        for model in (call.model, *call.others):
            try:
                attempt = call if model is call.model else toward(call, model)
                with self.breakers[model.name].watch():
                    return attempt, await ask(_seen_by(model, attempt))
            except BudgetExhaustedError:
                if failure is None:
                    raise
                break
            except UpstreamError as error:
                failure = _telling(failure, error)
                if not _may_pass(error, model, call.others):
                    break
                if call.others:
                    self._note(model, error)
        raise failure or CircuitOpenError("No model can be asked; try again soon.")

    async def answer(
        self, call: ChatCall, ask: Callable[[ChatCall], Awaitable[Completion]]
    ) -> tuple[ChatCall, Completion]:
        """Return a whole answer that may be handed on, and the call that it answers.

        Raises:
            AnswerError: none can be.
        """
        expected = self.invariants.shape(call.request, call.caller.prompt_hash)
        attempt, answer = await self._good(call, ask)
        if expected is None or (fault := expected.fault(answer.body)) is None:
            return attempt, answer
        repaired, answer = await self._repair(attempt, answer, ask, expected, fault)
        return replace(attempt, model=repaired.model), answer

    def is_held_back(self, call: ChatCall) -> bool:
        """Say whether a stream must be whole before its first word is shown."""
        return self.invariants.shape(call.request, call.caller.prompt_hash) is not None

    async def _good(
        self, call: ChatCall, ask: Callable[[ChatCall], Awaitable[Completion]]
    ) -> tuple[ChatCall, Completion]:
        async def judged(attempt: ChatCall) -> Completion:
            return self._judged(attempt, await ask(attempt))

        try:
            return await self.first(call, judged)
        except WeakAnswerError as error:
            # Nobody did better; what was counted as thrown away is used after all.
            call.reservation.wasted -= error.answer.usage.total_tokens
            return replace(error.call, caller=call.caller), error.answer

    def broke_off(self, call: ChatCall, error: Exception) -> None:
        """Remember a stream that broke off after its first words; nobody else can answer it now."""
        if isinstance(error, UpstreamError) and not isinstance(error, AnswerError):
            self.breakers[call.model.name].note_broken_stream()

    def _judged(self, call: ChatCall, answer: Completion) -> Completion:
        try:
            if (weakness := self.judge.weakness(answer.body)) is None:
                return answer
            raise WeakAnswerError(weakness, call, answer)
        except AnswerError:
            _waste(call, answer)
            raise

    async def _repair(
        self,
        call: ChatCall,
        answer: Completion,
        ask: Callable[[ChatCall], Awaitable[Completion]],
        expected: Shape,
        fault: str,
    ) -> tuple[ChatCall, Completion]:
        """Ask the largest model once more, showing it what was wrong."""
        models = (call.model, *call.others)
        large = next((model for model in models if model.size == "large"), call.model)
        body = repair_body(call.body, answer.body, fault, expected.schema)
        request = decode_body(body, ChatRequest)
        repair = replace(toward(call, large), request=request, body=body, others=())
        repair, better = await self.first(repair, ask)
        still = expected.fault(better.body)
        self.figures.repairs.labels("failed" if still else "ok").inc()
        _waste(call, answer)
        if still:
            _waste(call, better)
            raise invalid(still)
        return repair, better

    def _note(self, model: Model, error: UpstreamError) -> None:
        reason = error.message if isinstance(error, WeakAnswerError) else error.code
        self.figures.fallbacks.labels(model.name, reason).inc()
        logger(__name__).warning("model_gave_way", model=model.name, reason=reason)


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


def _waste(call: ChatCall, answer: Completion) -> None:
    call.reservation.wasted += answer.usage.total_tokens
