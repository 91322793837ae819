"""Embeddings without a model: hashed words and trigrams (feature hashing, Weinberger 2009).

Texts that share words or parts of words are near each other; meaning is not understood. That is
enough to search one's own documents by their vocabulary, needs no download, and gives the same
vector on every machine.
"""

import hashlib
import math
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from model_proxy.errors import UpstreamRejectedError
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Tools
from model_proxy.registry import Model
from model_proxy.simulation.faults import misbehave
from model_proxy.simulation.words import terms, words
from model_proxy.tokens import count_tokens
from model_proxy.wire import Usage

_TRIGRAM_WEIGHT = 0.25


@dataclass(frozen=True)
class LexicalEmbeddings:
    """Implements ``Provider`` for embeddings."""

    dimensions: int

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return one unit vector per text."""
        await misbehave(call.caller.fault)
        read = sum(count_tokens(text) for text in call.texts)
        vectors = [embed_text(text, self.dimensions) for text in call.texts]
        return Embeddings(vectors, Usage(read, 0, read))

    async def complete(self, call: ChatCall) -> Completion:
        """Refuse: this model only embeds."""
        raise UpstreamRejectedError(f"{call.model.name} makes embeddings only.")

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Refuse: this model only embeds."""
        raise UpstreamRejectedError(f"{call.model.name} makes embeddings only.")
        yield  # makes this an async generator, as the port has it


def open_provider(model: Model, _tools: Tools) -> LexicalEmbeddings:
    """Return the model."""
    return LexicalEmbeddings(model.dimensions or 0)


def embed_text(text: str, dimensions: int) -> list[float]:
    """Return the text's vector, of length one; a text without words gets a fixed direction."""
    vector = [0.0] * dimensions
    for feature, weight in (_features(text) or {"": 1.0}).items():
        digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
        sign = 1 if digest[7] & 1 else -1
        vector[int.from_bytes(digest[:6], "big") % dimensions] += sign * weight
    norm = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / norm for value in vector]


def _features(text: str) -> dict[str, float]:
    counts = Counter(f"w:{term}" for term in terms(text))
    trigrams = Counter(
        f"t:{padded[i : i + 3]}"
        for padded in (f" {word} " for word in words(text))
        for i in range(len(padded) - 2)
    )
    weights = {feature: 1 + math.log(count) for feature, count in counts.items()}
    for feature, count in trigrams.items():
        weights[feature] = _TRIGRAM_WEIGHT * (1 + math.log(count))
    return weights
