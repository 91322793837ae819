"""Answers and embeddings that need no second call.

Keys carry the tenant, so that one tenant's answers (and how fast they come) tell another nothing,
and the versions of model and prompt, so that a new version starts empty. An answer is kept only
where the same request would be answered the same way again: at temperature zero, or with a seed.
"""

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from model_proxy.answers import Answer, completion
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall
from model_proxy.wire import Usage
from runtime.caches import Cache

# How the answer travels and who asked do not change what it says.
_NOT_IN_KEY = ("model", "stream", "stream_options", "user", "metadata", "store")


@dataclass(frozen=True)
class AnswerMemory:
    """Whole answers by prompt and parameters, each route with its own time to live."""

    cache: Cache
    ttl_s: float
    ttls_s: Mapping[str, float] = field(default_factory=dict)
    """By use case; the others have ``ttl_s``."""

    def key(self, call: ChatCall) -> str | None:
        """Return the answer's key, or None when this request must not be remembered."""
        request = call.request
        is_repeatable = request.temperature == 0 or request.seed is not None
        is_plain = (request.n or 1) == 1 and not call.caller.fault and not call.caller.is_fresh
        if not (self._ttl_s(call) and is_repeatable and is_plain):
            return None
        model, caller = call.model, call.caller
        fields = kept_fields(call)
        return _key("answer", caller.tenant, model.name, model.version, caller.prompt_hash, fields)

    async def get(self, key: str | None) -> Completion | None:
        """Return the remembered answer."""
        body = await self.cache.get(key) if key else None
        if body is None:
            return None
        return Completion(body, msgspec.json.decode(body, type=Answer).usage or Usage())

    async def keep(self, call: ChatCall, key: str, answer: Completion) -> None:
        """Remember a whole answer."""
        await self.cache.set(key, answer.body, ttl_s=self._ttl_s(call))

    def _ttl_s(self, call: ChatCall) -> float:
        return self.ttls_s.get(call.caller.use_case, self.ttl_s)


@dataclass(frozen=True)
class EmbeddingMemory:
    """Vectors by text; a text is embedded once per tenant, model and time to live."""

    cache: Cache
    ttl_s: float

    async def get(self, call: EmbeddingCall) -> list[list[float] | None]:
        """Return a vector or None for each text."""
        if not self.ttl_s or call.caller.is_fresh or call.caller.fault:
            return [None] * len(call.texts)
        stored = [await self.cache.get(self._key(call, text)) for text in call.texts]
        return [None if value is None else array("d", value).tolist() for value in stored]

    async def keep(self, call: EmbeddingCall, vectors: Sequence[Sequence[float]]) -> None:
        """Remember the vectors of the call's texts."""
        if self.ttl_s:
            for text, vector in zip(call.texts, vectors, strict=True):
                value = array("d", vector).tobytes()
                await self.cache.set(self._key(call, text), value, ttl_s=self.ttl_s)

    @staticmethod
    def _key(call: EmbeddingCall, text: str) -> str:
        return _key("embedding", call.caller.tenant, call.model.name, call.model.version, text)


class Recording:
    """Listens to a stream so that it can be remembered as a whole answer."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._identity = Answer()
        self._finish_reason: str | None = None
        self._is_text = True
        self.usage = Usage()

    def hear(self, chunk: Chunk) -> None:
        """Take note of one event."""
        self._parts.append(chunk.text)
        self._is_text = self._is_text and chunk.is_text
        self._finish_reason = chunk.finish_reason or self._finish_reason
        if chunk.usage is not None:
            self.usage = chunk.usage
        if not self._identity.id:
            self._identity = msgspec.json.decode(chunk.data, type=Answer)

    @property
    def finish_reason(self) -> str | None:
        """How the model ended its answer; None while it has not."""
        return self._finish_reason

    @property
    def text(self) -> str:
        """What has been said so far."""
        return "".join(self._parts)

    def completion(self) -> Completion | None:
        """Return the answer in one piece, or None when the stream was more than plain text."""
        if not self._is_text or self._finish_reason is None:
            return None
        identity = self._identity
        return completion(identity.id, identity.model, self.text, self._finish_reason, self.usage)


def kept_fields(call: ChatCall) -> dict[str, Any]:
    """Return what of a request decides its answer."""
    fields = msgspec.json.decode(call.body, type=dict[str, Any])
    return {name: value for name, value in fields.items() if name not in _NOT_IN_KEY}


def finish_reason(answer: Completion) -> str | None:
    """Return how the model ended its answer."""
    return msgspec.json.decode(answer.body, type=Answer).choices[0].finish_reason


def is_whole(answer: Completion) -> bool:
    """Say whether the answer came to its own end; others are not worth remembering."""
    return finish_reason(answer) == "stop"


def _key(*parts: object) -> str:
    encoded = msgspec.json.encode(parts, order="deterministic")
    return f"{parts[0]}:{hashlib.sha256(encoded).hexdigest()}"
