"""Who is asked, in which order, and what a failure means for the next one.

A model that fails, is busy or answers with nothing of use gives way to the next one, as long as
nothing has reached the caller. Circuit breakers keep calls from models that keep failing; when all
are open the request is refused, never let through.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from prometheus_client import CollectorRegistry, Counter

from model_proxy.breakers import Breakers
from model_proxy.budgets import Waste
from model_proxy.errors import AnswerError, UpstreamError
from model_proxy.hedging import Hedges
from model_proxy.invariants import Invariants, Shape, invalid, repair_body
from model_proxy.providers import ChatCall, Completion
from model_proxy.quality import Judge
from model_proxy.registry import Model
from model_proxy.turns import Answer, Call, Turns, WeakAnswerError, toward, wasted
from model_proxy.wire import ChatRequest, decode_body
from runtime.logs import logger


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
    hedges: Hedges

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
        turns = Turns(call, ask, self.breakers, self._note)
        if patience_s := self.hedges.patience_s(call):
            return await self.hedges.race(turns, patience_s)
        return await turns.take()

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
            call.reservation.wasted.remove(_waste(error.call, error.answer))
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
            call.reservation.wasted.append(_waste(call, answer))
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
        call.reservation.wasted.append(_waste(call, answer))
        repair, better = await self.first(repair, ask)
        still = expected.fault(better.body)
        self.figures.repairs.labels("failed" if still else "ok").inc()
        if still:
            call.reservation.wasted.append(_waste(repair, better))
            raise invalid(still)
        return repair, better

    def _note(self, model: Model, error: UpstreamError) -> None:
        reason = error.message if isinstance(error, WeakAnswerError) else error.code
        self.figures.fallbacks.labels(model.name, reason).inc()
        logger(__name__).warning("model_gave_way", model=model.name, reason=reason)


def _waste(call: ChatCall, answer: Completion) -> Waste:
    return wasted(call.model, answer.usage)
