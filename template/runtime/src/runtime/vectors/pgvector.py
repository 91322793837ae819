"""Passages in the product's own PostgreSQL, with pgvector.

The search is exact within the tenant: a filtered HNSW index over all tenants loses recall where a
tenant holds a tenth of the rows. A tenant that outgrows this gets a partition with an index of its
own (docs/vectors/pgvector.md); this code stays the same.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from runtime.database import Database
from runtime.settings import RuntimeSettings
from runtime.vectors import Chunk, Match, StoreUnavailableError

_DELETE = text("DELETE FROM chunks WHERE tenant_id = :tenant_id AND document_id = :document_id")
_INSERT = text(
    "INSERT INTO chunks (tenant_id, id, document_id, title, ordinal, text, embedding) VALUES"
    " (:tenant_id, :id, :document_id, :title, :ordinal, :text, CAST(:embedding AS halfvec))"
)
_EMBEDDINGS = text(
    "SELECT id, CAST(embedding AS text) AS embedding FROM chunks"
    " WHERE tenant_id = :tenant_id AND document_id = :document_id"
)
_SEARCH = text(
    "SELECT id, document_id, title, ordinal, text,"
    " 1 - (embedding <=> CAST(:embedding AS halfvec)) AS score"
    " FROM chunks WHERE tenant_id = :tenant_id"
    " ORDER BY embedding <=> CAST(:embedding AS halfvec) LIMIT :limit"
)


class PgvectorStore:
    """The ``chunks`` table: cosine over half-precision vectors, the tenant forced by a policy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, tenant_id: UUID, document_id: UUID, chunks: Sequence[Chunk]) -> None:
        """Make these the document's passages, in one transaction."""
        rows = [_row(tenant_id, chunk) for chunk in chunks]
        async with self._tenant(tenant_id) as session:
            await session.execute(_DELETE, {"tenant_id": tenant_id, "document_id": document_id})
            if rows:
                await session.execute(_INSERT, rows)

    async def search(
        self, tenant_id: UUID, embedding: Sequence[float], *, limit: int = 5
    ) -> list[Match]:
        """Return the nearest passages, best first."""
        values = {"tenant_id": tenant_id, "embedding": _literal(embedding), "limit": limit}
        async with self._tenant(tenant_id) as session:
            rows = (await session.execute(_SEARCH, values)).all()
        return [
            Match(row.id, row.document_id, row.title, row.ordinal, row.text, float(row.score))
            for row in rows
        ]

    async def embeddings(
        self, tenant_id: UUID, document_id: UUID
    ) -> Mapping[UUID, Sequence[float]]:
        """Return the document's embeddings, as they were rounded to half precision."""
        values = {"tenant_id": tenant_id, "document_id": document_id}
        async with self._tenant(tenant_id) as session:
            rows = (await session.execute(_EMBEDDINGS, values)).all()
        return {row.id: json.loads(row.embedding) for row in rows}

    async def delete(self, tenant_id: UUID, document_id: UUID) -> None:
        """Forget a document's passages."""
        async with self._tenant(tenant_id) as session:
            await session.execute(_DELETE, {"tenant_id": tenant_id, "document_id": document_id})

    async def close(self) -> None:
        """Release the connections."""
        await self._database.close()

    @asynccontextmanager
    async def _tenant(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        try:
            async with self._database.tenant(tenant_id) as session:
                yield session
        except DBAPIError as error:
            if not (error.connection_invalidated or error.orig is None or _is_down(error)):
                raise
            raise StoreUnavailableError("The vector store does not answer.") from error


def _is_down(error: DBAPIError) -> bool:
    # SQLSTATE classes 08 (connection) and 57 (operator intervention); none: it never connected.
    return (getattr(error.orig, "sqlstate", None) or "08")[:2] in {"08", "57"}


def _row(tenant_id: UUID, chunk: Chunk) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "id": chunk.id,
        "document_id": chunk.document_id,
        "title": chunk.title,
        "ordinal": chunk.ordinal,
        "text": chunk.text,
        "embedding": _literal(chunk.embedding),
    }


def _literal(embedding: Sequence[float]) -> str:
    return f"[{','.join(map(str, embedding))}]"


async def open_store(settings: RuntimeSettings) -> PgvectorStore:
    """Return the store in ``settings.database_url``; it connects when first used.

    Raises:
        SettingsError: there is no address.
    """
    return PgvectorStore(Database.open(settings))
