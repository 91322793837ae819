"""Passages in Milvus: one collection, the tenant as its partition key.

Every search and deletion names the tenant in its filter, so that Milvus looks at that partition
only; ids are UUIDs, so that no text from outside ever enters a filter.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from grpc import RpcError  # type: ignore[import-untyped] # it ships no types
from pymilvus import (  # type: ignore[import-untyped] # it ships no types
    AsyncMilvusClient,
    CollectionSchema,
    DataType,
    MilvusClient,
)
from pymilvus.exceptions import MilvusException  # type: ignore[import-untyped] # it ships no types
from pymilvus.milvus_client import IndexParams  # type: ignore[import-untyped] # it ships no types

from runtime.product import product_entry
from runtime.settings import RuntimeSettings, SettingsError
from runtime.vectors import DIMENSIONS, Chunk, Match, StoreUnavailableError

TIMEOUT_S = 10.0
LONGEST_TEXT = 65_535
# pymilvus pings every ten seconds, asked or not, and a server may hang up on that ("too many
# pings"); a lost connection shows at the next call.
QUIET = {"grpc.keepalive_permit_without_calls": False}
FIELDS = ["id", "document_id", "title", "ordinal", "text"]


class MilvusStore:
    """The ``<slug>_chunks`` collection: cosine similarity, read after write."""

    def __init__(self, uri: str, collection: str) -> None:
        self._uri = uri
        self._client = AsyncMilvusClient(uri, grpc_options=QUIET)
        self._collection = collection
        self._is_made = False

    async def replace(self, tenant_id: UUID, document_id: UUID, chunks: Sequence[Chunk]) -> None:
        """Write the new passages, then delete the others: a reader never finds none."""
        async with self._reached() as client:
            if chunks:
                rows = [_row(tenant_id, chunk) for chunk in chunks]
                await client.upsert(self._collection, rows, timeout=TIMEOUT_S)
            kept = ", ".join(f'"{chunk.id}"' for chunk in chunks)
            others = f" and id not in [{kept}]" if chunks else ""
            await client.delete(
                self._collection,
                filter=_of_document(tenant_id, document_id) + others,
                timeout=TIMEOUT_S,
            )

    async def search(
        self, tenant_id: UUID, embedding: Sequence[float], *, limit: int = 5
    ) -> list[Match]:
        """Return the nearest passages, best first."""
        async with self._reached() as client:
            found = await client.search(
                self._collection,
                [list(embedding)],
                filter=_of_tenant(tenant_id),
                limit=limit,
                output_fields=FIELDS,
                consistency_level="Strong",
                timeout=TIMEOUT_S,
            )
        return [_match(hit) for hit in found[0]]

    async def embeddings(
        self, tenant_id: UUID, document_id: UUID
    ) -> Mapping[UUID, Sequence[float]]:
        """Return the document's embeddings."""
        async with self._reached() as client:
            rows = await client.query(
                self._collection,
                filter=_of_document(tenant_id, document_id),
                output_fields=["id", "embedding"],
                consistency_level="Strong",
                timeout=TIMEOUT_S,
            )
        return {UUID(row["id"]): row["embedding"] for row in rows}

    async def delete(self, tenant_id: UUID, document_id: UUID) -> None:
        """Forget a document's passages."""
        async with self._reached() as client:
            await client.delete(
                self._collection, filter=_of_document(tenant_id, document_id), timeout=TIMEOUT_S
            )

    async def close(self) -> None:
        """Release the connection."""
        await self._client.close()

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[AsyncMilvusClient]:
        try:
            if not self._is_made:
                await self._make()
            yield self._client
        except (MilvusException, RpcError, OSError) as error:
            raise StoreUnavailableError("The vector store does not answer.") from error

    async def _make(self) -> None:
        # The asynchronous client waits for an index with a call that Milvus Lite doesn't have.
        await asyncio.to_thread(_make_collection, self._uri, self._collection)
        self._is_made = True


def _make_collection(uri: str, collection: str) -> None:
    client = MilvusClient(uri, grpc_options=QUIET)
    try:
        if not client.has_collection(collection, timeout=TIMEOUT_S):
            client.create_collection(
                collection, schema=_schema(), index_params=_index(), consistency_level="Strong"
            )
        client.load_collection(collection, timeout=TIMEOUT_S)
    finally:
        client.close()


def _schema() -> CollectionSchema:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=36)
    schema.add_field("tenant_id", DataType.VARCHAR, is_partition_key=True, max_length=36)
    schema.add_field("document_id", DataType.VARCHAR, max_length=36)
    schema.add_field("title", DataType.VARCHAR, max_length=LONGEST_TEXT)
    schema.add_field("ordinal", DataType.INT64)
    schema.add_field("text", DataType.VARCHAR, max_length=LONGEST_TEXT)
    schema.add_field("embedding", DataType.FLOAT_VECTOR, dim=DIMENSIONS)
    return schema


def _index() -> IndexParams:
    index = MilvusClient.prepare_index_params()
    index.add_index("embedding", index_type="HNSW", metric_type="COSINE", M=16, efConstruction=200)
    return index


def _of_tenant(tenant_id: UUID) -> str:
    return f'tenant_id == "{tenant_id}"'


def _of_document(tenant_id: UUID, document_id: UUID) -> str:
    return f'{_of_tenant(tenant_id)} and document_id == "{document_id}"'


def _row(tenant_id: UUID, chunk: Chunk) -> dict[str, Any]:
    return {
        "id": str(chunk.id),
        "tenant_id": str(tenant_id),
        "document_id": str(chunk.document_id),
        "title": chunk.title,
        "ordinal": chunk.ordinal,
        "text": chunk.text,
        "embedding": list(chunk.embedding),
    }


def _match(hit: dict[str, Any]) -> Match:
    entity = hit["entity"]
    return Match(
        chunk_id=UUID(entity["id"]),
        document_id=UUID(entity["document_id"]),
        title=entity["title"],
        ordinal=int(entity["ordinal"]),
        text=entity["text"],
        score=float(hit["distance"]),
    )


async def open_store(settings: RuntimeSettings) -> MilvusStore:
    """Return the store at ``settings.milvus_uri``; its collection is made when first used.

    Raises:
        SettingsError: there is no address.
    """
    if not settings.milvus_uri:
        raise SettingsError("MILVUS_URI is not set: start with `make dev`, or see .env.example.")
    collection = f"{product_entry('slug').replace('-', '_')}_chunks"
    return MilvusStore(settings.milvus_uri, collection)
