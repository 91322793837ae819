"""What only Milvus needs: a collection that several processes make at once, and a clear error."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from devstack.fixtures import TestTenant
from runtime.settings import RuntimeSettings, SettingsError
from runtime.vectors import DIMENSIONS, Chunk, StoreUnavailableError
from runtime.vectors.milvus import MilvusStore, open_store

EMBEDDING = [1.0] + [0.0] * (DIMENSIONS - 1)


@pytest.fixture
def settings(use: Callable[..., RuntimeSettings]) -> RuntimeSettings:
    return use(vectors="milvus")


async def test_stores_share_the_collection_that_the_first_one_made(
    settings: RuntimeSettings, tenant: TestTenant
) -> None:
    collection = f"shared_{uuid4().hex}"
    stores = [MilvusStore(settings.milvus_uri, collection) for _ in range(2)]
    document = uuid4()
    passage = Chunk(uuid4(), document, "Title", 0, "text", EMBEDDING)
    await stores[0].replace(tenant.id, document, [passage])
    assert [match.text for match in await stores[1].search(tenant.id, EMBEDDING)] == ["text"]
    await asyncio.gather(*(store.close() for store in stores))


async def test_store_says_that_milvus_is_down(
    settings: RuntimeSettings, tenant: TestTenant
) -> None:
    store = MilvusStore("http://127.0.0.1:1", "nowhere")
    with pytest.raises(StoreUnavailableError):
        await store.search(tenant.id, EMBEDDING)
    await store.close()


async def test_open_store_needs_an_address(settings: RuntimeSettings) -> None:
    with pytest.raises(SettingsError, match="MILVUS_URI"):
        await open_store(settings.model_copy(update={"milvus_uri": ""}))
