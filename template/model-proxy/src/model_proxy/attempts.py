"""Who is asked, in which order, and what a failure means for the next one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from model_proxy.caller import Caller
from model_proxy.errors import BudgetExhaustedError
from model_proxy.providers import ChatCall, EmbeddingCall
from model_proxy.registry import Model
from runtime.budget import HARD_LIMIT

Call = TypeVar("Call", ChatCall, EmbeddingCall)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Attempts:
    """Asks the call's models until one begins to answer."""

    async def first(
        self, call: Call, ask: Callable[[Call], Awaitable[Answer]]
    ) -> tuple[Call, Answer]:
        """Return the call as it was answered, and the answer; the last failure is raised.

        Args:
            call: to the preferred model; ``others`` may answer in its place (``toward``).
            ask: gives an answer, or a stream whose first event is there, or an ``UpstreamError``.
        """
        return call, await ask(call)


def toward(call: ChatCall, model: Model) -> ChatCall:
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
