"""Both memories of answers, asked in the order of their price: the same words, then other words."""

from dataclasses import dataclass
from typing import Self

from model_proxy.accounts import CacheState
from model_proxy.memory import AnswerMemory, is_whole
from model_proxy.providers import ChatCall, Completion
from model_proxy.semantics.memory import Embed, Place, SemanticMemory
from model_proxy.settings import ProxySettings
from runtime.caches import Cache


@dataclass(frozen=True)
class Sought:
    """What the memories said about a call; the key is None where nothing may be remembered."""

    call: ChatCall
    key: str | None
    state: CacheState
    answer: Completion | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Remembering:
    """Finds and keeps whole answers."""

    answers: AnswerMemory
    semantic: SemanticMemory

    @classmethod
    def over(cls, cache: Cache, settings: ProxySettings, embed: Embed) -> Self:
        """Return the memories over one cache."""
        answers = AnswerMemory(cache, settings.chat_cache_ttl_s, settings.chat_cache_ttls_s)
        ttls_s, similarity = settings.semantic_cache_ttls_s, settings.semantic_cache_similarity
        return cls(answers, SemanticMemory(cache, answers, ttls_s, similarity, embed))

    async def find(self, call: ChatCall) -> Sought:
        """Return the remembered answer, if there is one, and where it came from."""
        key = self.answers.key(call)
        if key is None:
            return Sought(call, None, "bypass")
        if (answer := await self.answers.get(key)) is not None:
            return Sought(call, key, "hit", answer)
        place = self.semantic.place(call)
        if place and (answer := await self.semantic.find(call, place)) is not None:
            return Sought(call, key, "semantic", answer)
        return Sought(call, key, "miss", None, place)

    async def keep(self, sought: Sought, call: ChatCall, answer: Completion) -> None:
        """Remember an answer that came to its own end, as the model's that gave it."""
        if sought.key is None or not is_whole(answer):
            return
        key, place = sought.key, sought.place
        if call.model is not sought.call.model:
            key, place = self.answers.key(call) or key, self.semantic.place(call)
        await self.answers.keep(call, key, answer)
        if place:
            await self.semantic.keep(call, place, key)
