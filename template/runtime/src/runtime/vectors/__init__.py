"""Vector search: the port, and the adapter that the product was built with.

An adapter is a module of this package named as in ``product.toml`` (``vectors = "pgvector"``) with
``async def open_store(settings: RuntimeSettings) -> VectorStore``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from runtime.adapters import load_adapter
from runtime.errors import UnavailableError
from runtime.settings import RuntimeSettings

DIMENSIONS = 384


class StoreUnavailableError(UnavailableError):
    """The vector store does not answer; callers fall back to a search without it."""

    code, title = "store_unavailable", "Search is limited right now"


@dataclass(frozen=True)
class Chunk:
    """A passage of a document with its embedding (``DIMENSIONS`` floats, unit length)."""

    id: UUID
    document_id: UUID
    title: str
    ordinal: int
    text: str
    embedding: Sequence[float]


@dataclass(frozen=True)
class Match:
    """A passage that was found; ``score`` is the cosine similarity, 1 is identical."""

    chunk_id: UUID
    document_id: UUID
    title: str
    ordinal: int
    text: str
    score: float


class VectorStore(Protocol):
    """Stores and searches passages; one tenant never sees another's.

    Every method raises ``StoreUnavailableError`` when the store does not answer.
    """

    async def replace(self, tenant_id: UUID, document_id: UUID, chunks: Sequence[Chunk]) -> None:
        """Make these the document's passages; those it had before are gone."""

    async def search(
        self, tenant_id: UUID, embedding: Sequence[float], *, limit: int = 5
    ) -> list[Match]:
        """Return the nearest passages, best first."""

    async def embeddings(
        self, tenant_id: UUID, document_id: UUID
    ) -> Mapping[UUID, Sequence[float]]:
        """Return the embeddings of a document's passages, by passage id."""

    async def delete(self, tenant_id: UUID, document_id: UUID) -> None:
        """Forget a document's passages."""

    async def close(self) -> None:
        """Release connections."""


async def open_store(settings: RuntimeSettings) -> VectorStore:
    """Return the store that ``settings.vectors`` names.

    Raises:
        SettingsError: this repo has no such adapter, or its address is missing.
    """
    adapter = load_adapter("vectors", settings.vectors)
    return cast("VectorStore", await adapter.open_store(settings))
