"""What stands between a request that can be read and the models: flags, selection, budgets.

Everything here is read from memory, budgets in a shared store aside: a request pays a few
microseconds.
"""

from dataclasses import dataclass

import msgspec

from model_proxy.budgets import Reservation
from model_proxy.caller import Caller
from model_proxy.errors import BadRequestError, PromptTooLongError, SwitchedOffError
from model_proxy.ledgers import Ledger
from model_proxy.providers import ChatCall, EmbeddingCall
from model_proxy.registry import Model
from model_proxy.selection import Selection
from model_proxy.switches import Switchboard, Switches
from model_proxy.tokens import BYTES_PER_TOKEN
from model_proxy.turns import timeout_s
from model_proxy.wire import ChatRequest, EmbeddingRequest

USUAL_ANSWER = 1024
"""Tokens set aside for an answer whose request names no limit; most are shorter."""


@dataclass(frozen=True)
class Controls:
    """Turns a request into a call, or refuses it with a ``ProxyError``."""

    selection: Selection
    switchboard: Switchboard
    ledger: Ledger

    async def chat(self, request: ChatRequest, body: bytes, caller: Caller) -> ChatCall:
        """Return the call; its reservation must be settled."""
        switches = self.switchboard.of(caller.tenant)
        tokens = len(body) // BYTES_PER_TOKEN
        _check_switches(request, tokens, switches)
        if switches.output_tokens:
            request, body = capped(request, body, switches.output_tokens)
        model, *others = self.selection.chat(request, caller.use_case, tokens, switches)
        patience_s = timeout_s(model, caller)
        tokens += _answer_tokens(request, model)
        reservation = await self.ledger.reserve(caller.use_case, caller.tenant, tokens)
        return ChatCall(model, request, body, caller, patience_s, tuple(others), reservation)

    async def embeddings(
        self, request: EmbeddingRequest, size: int, caller: Caller
    ) -> EmbeddingCall:
        """Return the call; its reservation must be settled. ``size`` is the body's, in bytes."""
        switches = self.switchboard.of(caller.tenant)
        model = self.selection.embeddings(request.model, caller.use_case, switches)
        if request.dimensions not in {None, model.dimensions}:
            raise BadRequestError(
                f"{model.name} makes vectors of {model.dimensions}.", param="dimensions"
            )
        patience_s = timeout_s(model, caller)
        reservation = await self._reserve_texts(caller, size)
        return EmbeddingCall(
            model, request, request.texts, caller, patience_s, reservation=reservation
        )

    async def _reserve_texts(self, caller: Caller, size: int) -> Reservation:
        return await self.ledger.reserve(caller.use_case, caller.tenant, size // BYTES_PER_TOKEN)


def capped(request: ChatRequest, body: bytes, most: int) -> tuple[ChatRequest, bytes]:
    """Return the request with an answer of at most so many tokens."""
    if request.token_limit is not None and request.token_limit <= most:
        return request, body
    field = "max_completion_tokens" if request.max_completion_tokens else "max_tokens"
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    fields[field] = msgspec.Raw(msgspec.json.encode(most))
    return msgspec.structs.replace(request, **{field: most}), msgspec.json.encode(fields)


def _answer_tokens(request: ChatRequest, model: Model) -> int:
    longest = request.token_limit or min(USUAL_ANSWER, model.limits.output_tokens or USUAL_ANSWER)
    return longest * (request.n or 1)


def _check_switches(request: ChatRequest, tokens: int, switches: Switches) -> None:
    if not switches.has_tools and request.offers_tools:
        raise SwitchedOffError(
            "The flag model-tools switches tools off: send the request without tools, or try again "
            "later.",
            param="tools",
        )
    if switches.prompt_tokens and tokens > switches.prompt_tokens:
        raise PromptTooLongError(
            f"The prompt has about {tokens} tokens and the flag model-prompt-tokens allows "
            f"{switches.prompt_tokens} just now: shorten it, or try again later.",
            param="messages",
        )
