"""Answers to the same question in other words.

Two judges must agree: the signatures are equal (so no number, negation or name differs), and the
embeddings are near. Everything around the question, the passages and parameters, must be the same
byte for byte; tenant, model, its version and the prompt's version each have a memory of their own.
"""

import hashlib
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from model_proxy.memory import AnswerMemory, kept_fields
from model_proxy.providers import ChatCall, Completion
from model_proxy.semantics.signature import signature
from runtime.caches import Cache

Embed = Callable[[ChatCall, list[str]], Awaitable[Sequence[Sequence[float]] | None]]
LONGEST_QUESTION = 300
"""Characters; what is longer is a document, and its words are not all there is to it."""
MOST_ENTRIES = 8
"""Different wordings with one signature that are remembered."""


class Entry(msgspec.Struct, frozen=True):
    """A question that was answered, and where its answer is."""

    question: str
    answer: str


_ENTRIES = list[Entry]


@dataclass(frozen=True)
class Place:
    """Where questions with one signature are, and the one that is asked."""

    bucket: str
    question: str


@dataclass(frozen=True)
class SemanticMemory:
    """Finds the answer of an equal question.

    Attributes:
        answers: where the answers are; each wording keeps its own.
        ttls_s: seconds by use case; a use case that is not named here remembers nothing.
        similarity: the least cosine of two questions' embeddings.
        embed: gives the questions' embeddings, or None when they can't be had in time.
    """

    cache: Cache
    answers: AnswerMemory
    ttls_s: Mapping[str, float]
    similarity: float
    embed: Embed

    async def find(self, call: ChatCall, place: Place) -> Completion | None:
        """Return the answer of the nearest equal question."""
        entries = await self._entries(place.bucket)
        nearest = await self._nearest(call, place.question, entries)
        return await self.answers.get(nearest.answer) if nearest else None

    async def keep(self, call: ChatCall, place: Place, answer: str) -> None:
        """Remember under which key the answer of the call's question is."""
        others = [e for e in await self._entries(place.bucket) if e.answer != answer]
        entries = [Entry(place.question, answer), *others][:MOST_ENTRIES]
        ttl_s = self.ttls_s[call.caller.use_case]
        await self.cache.set(place.bucket, msgspec.json.encode(entries), ttl_s=ttl_s)

    def place(self, call: ChatCall) -> Place | None:
        """Return where the question belongs; None where nothing is shared."""
        if not self.ttls_s.get(call.caller.use_case):
            return None
        parts = split_question(call)
        if parts is None:
            return None
        question, around = parts
        caller, model = call.caller, call.model
        partition = (caller.tenant, caller.use_case, model.name, model.version, caller.prompt_hash)
        encoded = msgspec.json.encode(
            (partition, around, signature(question)), order="deterministic"
        )
        return Place(f"semantic:{hashlib.sha256(encoded).hexdigest()}", question)

    async def _entries(self, bucket: str) -> list[Entry]:
        stored = await self.cache.get(bucket)
        return msgspec.json.decode(stored, type=_ENTRIES) if stored else []

    async def _nearest(
        self, call: ChatCall, question: str, entries: Sequence[Entry]
    ) -> Entry | None:
        if not entries:
            return None
        vectors = await self.embed(call, [question, *(entry.question for entry in entries)])
        if not vectors:
            return None
        asked, *known = vectors
        near = (cosine(asked, vector) for vector in known)
        similarity, nearest = max(zip(near, entries, strict=True), key=lambda pair: pair[0])
        return nearest if similarity >= self.similarity else None


def split_question(call: ChatCall) -> tuple[str, dict[str, Any]] | None:
    """Return the question, which ends the last message, and everything else that was sent.

    None where there is no such question: the last message is not a person's, or not plain text.
    """
    last = call.request.messages[-1]
    if last.role != "user" or not isinstance(last.content, str):
        return None
    context, _, question = last.content.rstrip().rpartition("\n\n")
    if not 0 < len(question) <= LONGEST_QUESTION:
        return None
    fields = kept_fields(call)
    *before, _ = fields["messages"]
    return question, fields | {"messages": [*before, {"context": context}]}


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Return how near two vectors are: 1 for the same direction."""
    lengths = math.hypot(*left) * math.hypot(*right)
    return sum(a * b for a, b in zip(left, right, strict=True)) / lengths if lengths else 0.0
