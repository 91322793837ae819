"""Texts' embeddings: those that are remembered, and the rest from the model."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from model_proxy.accounts import Account, Accounts
from model_proxy.asking import within
from model_proxy.batching import Batcher
from model_proxy.controls import Controls
from model_proxy.errors import ProxyError
from model_proxy.memory import EmbeddingMemory
from model_proxy.providers import ChatCall, EmbeddingCall
from model_proxy.wire import EmbeddingRequest

PATIENCE_S = 0.2
"""How long to look for a remembered answer; asking for a new one is better than waiting longer."""


@dataclass(frozen=True)
class Vectors:
    """Embeds each text once.

    Attributes:
        alias: the embeddings model that compares questions.
    """

    controls: Controls
    accounts: Accounts
    memory: EmbeddingMemory
    batcher: Batcher
    alias: str

    async def embed(self, call: EmbeddingCall, account: Account) -> list[list[float]]:
        """Return one vector per text; calls that come close together travel as one."""
        known = await self.memory.get(call)
        missing = [text for text, vector in zip(call.texts, known, strict=True) if vector is None]
        account.cache = "hit" if not missing else "miss"
        if missing:
            rest = replace(call, texts=missing)
            async with within(call.timeout_s):
                made = await self.batcher.embed(rest)
            account.usage = made.usage
            await self.memory.keep(rest, made.vectors)
            known = _filled(known, made.vectors)
        return [vector for vector in known if vector is not None]

    async def of_questions(self, chat: ChatCall, texts: list[str]) -> list[list[float]] | None:
        """Return the questions' vectors, paid for like any others; None when that fails."""
        try:
            async with asyncio.timeout(min(PATIENCE_S, chat.timeout_s)):
                return await self._accounted(chat, texts)
        except (ProxyError, TimeoutError):
            return None

    async def _accounted(self, chat: ChatCall, texts: list[str]) -> list[list[float]]:
        request = EmbeddingRequest(model=self.alias, input=texts)
        call = await self.controls.embeddings(request, sum(map(len, texts)), chat.caller)
        account = self.accounts.embeddings(call)
        try:
            vectors = await self.embed(call, account)
        except BaseException as error:
            account.close(error)
            raise
        account.close()
        return vectors


def _filled(
    known: Sequence[list[float] | None], made: Sequence[list[float]]
) -> list[list[float] | None]:
    rest = iter(made)
    return [next(rest) if vector is None else vector for vector in known]
