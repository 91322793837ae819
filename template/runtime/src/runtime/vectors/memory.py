"""Passages in this process's memory, searched exactly: for tests and small one-process tools."""

from collections.abc import Mapping, Sequence
from math import sqrt
from uuid import UUID

from runtime.settings import RuntimeSettings
from runtime.vectors import Chunk, Match


class MemoryVectorStore:
    """One dictionary per tenant; another tenant's is never looked at."""

    def __init__(self) -> None:
        self._tenants: dict[UUID, dict[UUID, list[Chunk]]] = {}

    async def replace(self, tenant_id: UUID, document_id: UUID, chunks: Sequence[Chunk]) -> None:
        """Make these the document's passages."""
        self._tenants.setdefault(tenant_id, {})[document_id] = list(chunks)

    async def search(
        self, tenant_id: UUID, embedding: Sequence[float], *, limit: int = 5
    ) -> list[Match]:
        """Return the nearest passages, best first."""
        documents = self._tenants.get(tenant_id, {}).values()
        found = [_match(chunk, embedding) for chunks in documents for chunk in chunks]
        return sorted(found, key=lambda match: -match.score)[:limit]

    async def embeddings(
        self, tenant_id: UUID, document_id: UUID
    ) -> Mapping[UUID, Sequence[float]]:
        """Return the document's embeddings."""
        chunks = self._tenants.get(tenant_id, {}).get(document_id, ())
        return {chunk.id: chunk.embedding for chunk in chunks}

    async def delete(self, tenant_id: UUID, document_id: UUID) -> None:
        """Forget a document's passages."""
        self._tenants.get(tenant_id, {}).pop(document_id, None)

    async def close(self) -> None:
        """Nothing is held open."""


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the cosine similarity; 0 where a vector has no length."""
    lengths = sqrt(sum(x * x for x in a)) * sqrt(sum(x * x for x in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / lengths if lengths else 0.0


def _match(chunk: Chunk, embedding: Sequence[float]) -> Match:
    return Match(
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        title=chunk.title,
        ordinal=chunk.ordinal,
        text=chunk.text,
        score=cosine(chunk.embedding, embedding),
    )


async def open_store(settings: RuntimeSettings) -> MemoryVectorStore:
    """Return an empty store."""
    del settings
    return MemoryVectorStore()
