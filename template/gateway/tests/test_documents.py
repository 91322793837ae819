"""Upload, list, read, forget. covers R-0303, R-0405."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from devstack.fixtures import TestTenant
from gateway.documents.uploads import safe_title
from gateway.services import Services
from gateway.settings import GatewaySettings
from runtime.queues import Backoff, Job, QueueUnavailableError
from runtime.queues.memory import MemoryJobQueue

TEXT = b"# Returns\n\nUnused goods may be returned within 30 days."


async def upload(
    client: AsyncClient,
    name: str = "returns.md",
    content: bytes = TEXT,
    content_type: str = "text/markdown",
) -> Any:
    return await client.post("/api/documents", files={"file": (name, content, content_type)})


class ClosedQueue(MemoryJobQueue):
    """A queue that takes no job."""

    async def enqueue(self, job: Job) -> None:
        raise QueueUnavailableError(f"{job.name} can't be accepted.")


async def enqueued(services: Services) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(services.queue, MemoryJobQueue)
    waiting = services.queue._waiting
    jobs = [waiting.get_nowait() for _ in range(waiting.qsize())]
    return [(job.name, dict(job.payload)) for job in jobs]


async def test_upload_keeps_the_document_and_enqueues_its_ingestion(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any
) -> None:
    client = await browsers.of(tenant)
    response = await upload(client)
    assert response.status_code == 202
    document = conforms(response, "uploadDocument")
    assert (document["title"], document["status"], document["passages"]) == (
        "returns.md",
        "waiting",
        0,
    )
    assert await enqueued(services) == [("ingest_document", {"document_id": document["id"]})]


async def test_upload_that_the_workers_cannot_be_handed_is_not_kept(
    browsers: Any, tenant: TestTenant, services: Services, app: FastAPI, conforms: Any
) -> None:
    app.state.services = replace(services, queue=ClosedQueue(Backoff()))
    client = await browsers.of(tenant)
    response = await upload(client)
    assert response.status_code == 503
    assert conforms(response, "uploadDocument")["code"] == "queue_unavailable"
    assert (await client.get("/api/documents")).json() == []


async def test_list_shows_the_tenants_documents_newest_first(
    browsers: Any, tenant: TestTenant, conforms: Any
) -> None:
    client = await browsers.of(tenant)
    for name in ("first.md", "second.txt"):
        await upload(client, name)
    colleague = await browsers.of(tenant, "reviewer")
    listed = conforms(await colleague.get("/api/documents"), "listDocuments")
    assert [document["title"] for document in listed] == ["second.txt", "first.md"]


async def test_get_shows_one_document(browsers: Any, tenant: TestTenant, conforms: Any) -> None:
    client = await browsers.of(tenant)
    document = (await upload(client)).json()
    shown = conforms(await client.get(f"/api/documents/{document['id']}"), "getDocument")
    assert shown == document


async def test_document_of_another_tenant_does_not_exist(
    browsers: Any, tenant: TestTenant, other_tenant: TestTenant, conforms: Any
) -> None:
    document = (await upload(await browsers.of(tenant))).json()
    stranger = await browsers.of(other_tenant, "admin")
    for method in ("GET", "DELETE"):
        response = await stranger.request(method, f"/api/documents/{document['id']}")
        assert response.status_code == 404
        conforms(response, "getDocument")
    assert (await stranger.get("/api/documents")).json() == []


async def test_delete_forgets_the_document_and_records_it(
    browsers: Any, tenant: TestTenant, owner: psycopg.Connection
) -> None:
    client = await browsers.of(tenant)
    path = f"/api/documents/{(await upload(client)).json()['id']}"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404
    query = "SELECT actor FROM audit_log WHERE action = 'document.deleted' AND tenant_id = %s"
    assert owner.execute(query, [tenant.id]).fetchall() == [(str(tenant.member.id),)]


async def test_upload_refuses_a_large_file(
    browsers: Any, tenant: TestTenant, gateway_settings: GatewaySettings, conforms: Any
) -> None:
    client = await browsers.of(tenant)
    response = await upload(client, content=b"a" * (gateway_settings.upload_max_bytes + 1))
    assert response.status_code == 413
    conforms(response, "uploadDocument")


async def test_upload_refuses_a_large_body_that_hides_its_length(
    browsers: Any, tenant: TestTenant
) -> None:
    client = await browsers.of(tenant)

    async def endless() -> AsyncIterator[Any]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
        while True:
            yield b"a" * 65536

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = await client.post("/api/documents", content=endless(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", TEXT),
        ("book.pdf", b"%PDF-1.7"),
        ("none", TEXT),
        ("picture.md", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("zero.txt", b"a\x00b"),
        ("empty.md", b""),
        ("blank.md", b" \n\n"),
    ],
)
async def test_upload_refuses_what_the_workers_cannot_read(
    browsers: Any, tenant: TestTenant, services: Services, conforms: Any, name: str, content: bytes
) -> None:
    response = await upload(await browsers.of(tenant), name, content)
    assert response.status_code == 415
    conforms(response, "uploadDocument")
    assert await enqueued(services) == []


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("page.HTML", b"<p>Returns</p>", "text/html"),
        ("prices.csv", b"item,price\nbike,99\n", "text/csv"),
        ("note.txt", "Rücknahme".encode("cp1252"), "text/plain"),
        ("note.md", "Rücknahme".encode("utf-16"), "text/markdown"),
    ],
)
async def test_upload_accepts_each_kind_of_text_whatever_the_browser_calls_it(
    browsers: Any, tenant: TestTenant, name: str, content: bytes, content_type: str
) -> None:
    response = await upload(await browsers.of(tenant), name, content, "application/x-anything")
    assert (response.status_code, response.json()["content_type"]) == (202, content_type)


async def test_upload_refuses_a_form_without_a_file(browsers: Any, tenant: TestTenant) -> None:
    client = await browsers.of(tenant)
    response = await client.post("/api/documents", data={"other": "x"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("filename", "title"),
    [
        ("returns.md", "returns.md"),
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\temp\\a.md", "a.md"),
        ("<script>.md", "script .md"),
        ("a\r\nSet-Cookie: b.md", "aSet-Cookie b.md"),
        ("\u202egnp.md", "gnp.md"),
        ("e\u0301.md", "\u00e9.md"),
        ("a" * 500 + ".md", "a" * 200 + ".md"),
        ("...", "document"),
        ("", "document"),
    ],
)
def test_safe_title_keeps_only_what_is_safe_to_show(filename: str, title: str) -> None:
    assert safe_title(filename) == title
