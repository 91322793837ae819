"""What every vector store does: the same suite for each adapter that this repo has."""

from collections.abc import AsyncIterator, Callable
from math import sqrt
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from devstack.fixtures import TestTenant
from runtime.adapters import adapters
from runtime.product import read_product_file
from runtime.settings import RuntimeSettings
from runtime.vectors import DIMENSIONS, Chunk, VectorStore, open_store


@pytest_asyncio.fixture(params=adapters("vectors"))
async def store(
    request: pytest.FixtureRequest, use: Callable[..., RuntimeSettings]
) -> AsyncIterator[VectorStore]:
    opened = await open_store(use(vectors=request.param))
    yield opened
    await opened.close()


def unit(*values: float) -> list[float]:
    """A unit vector along the first dimensions."""
    length = sqrt(sum(value * value for value in values))
    return [value / length for value in values] + [0.0] * (DIMENSIONS - len(values))


def chunk(document_id: UUID, ordinal: int, embedding: list[float], text: str = "text") -> Chunk:
    return Chunk(uuid4(), document_id, "Title", ordinal, text, embedding)


def test_repo_has_its_own_store_and_one_in_memory() -> None:
    assert {"memory", read_product_file()["adapters"]["vectors"]} <= set(adapters("vectors"))


async def test_search_returns_the_nearest_first(store: VectorStore, tenant: TestTenant) -> None:
    document = uuid4()
    near, far = chunk(document, 0, unit(1, 0.1)), chunk(document, 1, unit(0.1, 1))
    await store.replace(tenant.id, document, [far, near])
    found = await store.search(tenant.id, unit(1, 0))
    assert [match.chunk_id for match in found] == [near.id, far.id]
    assert found[0].score == pytest.approx(unit(1, 0.1)[0], abs=1e-2)
    assert (found[0].document_id, found[0].title, found[0].ordinal) == (document, "Title", 0)


async def test_search_returns_at_most_its_limit(store: VectorStore, tenant: TestTenant) -> None:
    document = uuid4()
    await store.replace(tenant.id, document, [chunk(document, n, unit(1, n)) for n in range(9)])
    assert len(await store.search(tenant.id, unit(1), limit=3)) == 3


async def test_search_finds_nothing_in_an_empty_tenant(
    store: VectorStore, tenant: TestTenant
) -> None:
    assert await store.search(tenant.id, unit(1)) == []


async def test_search_never_returns_another_tenants_passage(
    store: VectorStore, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    # covers R-0405
    secret, own = uuid4(), uuid4()
    await store.replace(other_tenant.id, secret, [chunk(secret, 0, unit(1))])
    await store.replace(tenant.id, own, [chunk(own, 0, unit(0, 1))])
    found = await store.search(tenant.id, unit(1), limit=10)
    assert [match.document_id for match in found] == [own]


async def test_replace_and_delete_leave_another_tenants_document(
    store: VectorStore, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    document = uuid4()
    await store.replace(other_tenant.id, document, [chunk(document, 0, unit(1))])
    await store.replace(tenant.id, document, [])
    await store.delete(tenant.id, document)
    assert await store.embeddings(tenant.id, document) == {}
    assert len(await store.search(other_tenant.id, unit(1))) == 1


async def test_replace_forgets_the_passages_of_before(
    store: VectorStore, tenant: TestTenant
) -> None:
    document, kept = uuid4(), uuid4()
    old, new = chunk(document, 0, unit(1)), chunk(document, 0, unit(1), text="new")
    await store.replace(tenant.id, kept, [chunk(kept, 0, unit(0, 1))])
    await store.replace(tenant.id, document, [old, chunk(document, 1, unit(1, 1))])
    await store.replace(tenant.id, document, [new])
    found = await store.search(tenant.id, unit(1), limit=10)
    assert [match.text for match in found if match.document_id == document] == ["new"]
    assert {match.document_id for match in found} == {document, kept}


async def test_replace_twice_is_the_same_as_once(store: VectorStore, tenant: TestTenant) -> None:
    # covers R-0306
    document = uuid4()
    passages = [chunk(document, number, unit(1, number)) for number in range(3)]
    for _ in range(2):
        await store.replace(tenant.id, document, passages)
    assert len(await store.search(tenant.id, unit(1), limit=10)) == 3


async def test_embeddings_are_those_that_were_stored(
    store: VectorStore, tenant: TestTenant
) -> None:
    document = uuid4()
    passages = [chunk(document, number, unit(1, number)) for number in range(3)]
    await store.replace(tenant.id, document, passages)
    held = await store.embeddings(tenant.id, document)
    for passage in passages:
        assert held[passage.id] == pytest.approx(list(passage.embedding), abs=1e-3)


async def test_delete_forgets_the_document(store: VectorStore, tenant: TestTenant) -> None:
    document = uuid4()
    await store.replace(tenant.id, document, [chunk(document, 0, unit(1))])
    await store.delete(tenant.id, document)
    await store.delete(tenant.id, document)
    assert await store.search(tenant.id, unit(1)) == []


async def test_store_keeps_text_of_any_kind(store: VectorStore, tenant: TestTenant) -> None:
    document, text = uuid4(), "quote ' \" \\ percent % colon :x brace {y} ünïcödé 漢字 \U0001f600"
    await store.replace(tenant.id, document, [chunk(document, 0, unit(1), text=text)])
    assert [match.text for match in await store.search(tenant.id, unit(1))] == [text]
