"""Documents become searchable, whatever is delivered twice, edited, deleted or broken."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import undefer

from devstack.fixtures import TestTenant
from runtime.database import Database
from runtime.database.models import Document
from workers.context import Context
from workers.jobs import ingest_document
from workers.jobs.ingest_document import GIVEN_UP, number_passages
from workers.model import ModelProxy, ModelUnavailableError

TEXT = "# Returns\n\nA bike goes back within 30 days.\n\n# Fees\n\nCollection costs 89 euros.\n"


async def reload(database: Database, document: Document) -> Any:
    async with database.tenant(document.tenant_id) as session:
        return await session.get(Document, document.id, options=[undefer(Document.text)])


async def passages(context: Context, document: Document, question: Any = "bike") -> Any:
    embedding = (await context.model.embed(document.tenant_id, [question]))[0]
    return await context.store.search(document.tenant_id, embedding, limit=50)


async def ingest(context: Context, make_job: Any, document: Document, attempt: int = 1) -> Any:
    job = make_job("ingest_document", attempt, document_id=str(document.id))
    await ingest_document.handle(context, job)
    return await reload(context.database, document)


async def test_ingest_document_makes_passages_searchable(
    context: Context, upload: Any, make_job: Any
) -> None:
    document = await upload(TEXT.encode(), "text/markdown")
    stored = await ingest(context, make_job, document)
    assert (stored.status, stored.error, stored.passages) == ("ready", None, 2)
    assert stored.text == TEXT.strip()
    best = (await passages(context, document, "How many days until a bike goes back?"))[0]
    assert (best.title, best.ordinal) == ("Notes", 0)
    assert "30 days" in best.text


# covers R-0212 R-0306
async def test_ingest_document_delivered_twice_changes_nothing(
    context: Context, upload: Any, make_job: Any
) -> None:
    document = await upload(TEXT.encode(), "text/markdown")
    await ingest(context, make_job, document)
    first = await passages(context, document)
    await ingest(context, make_job, document)
    assert await passages(context, document) == first


# covers R-0211
async def test_ingest_document_embeds_only_what_changed(
    context: Context, upload: Any, make_job: Any, model: Any
) -> None:
    document = await upload(TEXT.encode(), "text/markdown")
    await ingest(context, make_job, document)
    model.embedded.clear()
    async with context.database.tenant(document.tenant_id) as session:
        edited = TEXT.replace("89", "95").encode()
        await session.execute(
            update(Document).where(Document.id == document.id).values(content=edited)
        )
    await ingest(context, make_job, document)
    assert model.embedded == ["# Fees\n\nCollection costs 95 euros."]
    assert {p.text for p in await passages(context, document)} == {
        "# Returns\n\nA bike goes back within 30 days.",
        "# Fees\n\nCollection costs 95 euros.",
    }


@pytest.mark.parametrize(
    ("content", "content_type", "said"),
    [
        (b"", "text/plain", "The file has no text."),
        (b"%PDF", "application/pdf", "Files of the type application/pdf can't be read"),
        (bytes(range(32)) * 9, "text/plain", "The file is not text"),
    ],
)
async def test_ingest_document_tells_its_owner_what_is_wrong_with_it(
    context: Context, upload: Any, make_job: Any, content: bytes, content_type: str, said: str
) -> None:
    stored = await ingest(context, make_job, await upload(content, content_type))
    assert stored.status == "failed"
    assert stored.error.startswith(said)


async def test_ingest_document_waits_while_the_model_is_away_and_gives_up_at_the_end(
    context: Context, upload: Any, make_job: Any
) -> None:
    document = await upload(b"Tea is hot.")
    broken = ModelProxy(aiohttp.ClientSession("http://127.0.0.1:9"))
    away = replace(context, model=broken)
    with pytest.raises(ModelUnavailableError):
        await ingest(away, make_job, document)
    assert (await reload(context.database, document)).status == "waiting"
    with pytest.raises(ModelUnavailableError):
        await ingest(away, make_job, document, attempt=2)
    stored = await reload(context.database, document)
    assert (stored.status, stored.error) == ("failed", GIVEN_UP)
    await broken.http.close()


async def test_ingest_document_that_was_deleted_is_no_error(
    context: Context, upload: Any, make_job: Any
) -> None:
    document = await upload(b"Tea is hot.")
    async with context.database.tenant(document.tenant_id) as session:
        await session.execute(delete(Document).where(Document.id == document.id))
    assert await ingest(context, make_job, document) is None


async def test_ingest_document_of_another_tenant_is_not_found(
    context: Context, upload: Any, make_job: Any, other_tenant: TestTenant
) -> None:
    document = await upload(b"Tea is hot.")
    job = make_job("ingest_document", document_id=str(document.id))
    await ingest_document.handle(context, replace(job, tenant_id=other_tenant.id))
    assert (await reload(context.database, document)).status == "waiting"


async def test_ingest_document_deleted_meanwhile_leaves_nothing_searchable(
    context: Context, upload: Any, make_job: Any
) -> None:
    document = await upload(b"Tea is hot.")

    class Deleting(ModelProxy):
        async def embed(self, tenant_id: Any, texts: Any) -> Any:
            async with context.database.tenant(tenant_id) as session:
                await session.execute(delete(Document).where(Document.id == document.id))
            return await super().embed(tenant_id, texts)

    meanwhile = replace(context, model=Deleting(context.model.http))
    await ingest(meanwhile, make_job, document)
    assert await passages(context, document) == []


def test_number_passages_gives_equal_texts_different_ids(tenant: TestTenant) -> None:
    ids = [p.id for p in number_passages(tenant.id, "m", ["a", "a", "b"])]
    assert len(set(ids)) == 3
    assert ids == [p.id for p in number_passages(tenant.id, "m", ["a", "a", "b"])]


def test_number_passages_of_another_model_have_other_ids(tenant: TestTenant) -> None:
    one, other = (number_passages(tenant.id, model, ["a"]) for model in ("m", "n"))
    assert one[0].id != other[0].id
