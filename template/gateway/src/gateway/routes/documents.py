"""Upload, list, read and forget documents."""

from uuid import UUID

from fastapi import APIRouter, UploadFile

from gateway.contract import problems
from gateway.documents import repository
from gateway.documents.schemas import Document
from gateway.documents.uploads import read_upload
from gateway.people import DocumentReader, DocumentWriter, SignedIn
from gateway.services import ServicesDep
from oidc_auth import audit
from runtime.correlation import correlation_id
from runtime.queues import Job, QueueUnavailableError

router = APIRouter(prefix="/api/documents")


@router.get(
    "",
    operation_id="listDocuments",
    summary="The tenant's documents, newest first",
    responses=problems(401, 403),
)
async def list_documents(services: ServicesDep, person: DocumentReader) -> list[Document]:
    """List the documents of the person's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return [Document.of(row) for row in await repository.newest(session)]


@router.post(
    "",
    operation_id="uploadDocument",
    summary="Upload a document; a job reads it",
    status_code=202,
    responses=problems(401, 403, 413, 415, 503),
)
async def upload_document(
    services: ServicesDep, person: DocumentWriter, file: UploadFile
) -> Document:
    """Keep the file, then hand it to the workers; what they can't be handed is not kept."""
    upload = await read_upload(file, max_bytes=services.settings.upload_max_bytes)
    async with services.database.tenant(person.tenant_id) as session:
        document = Document.of(await repository.add(session, person, upload))
    try:
        await services.queue.enqueue(_ingestion(person, document.id))
    except QueueUnavailableError:
        async with services.database.tenant(person.tenant_id) as session:
            await session.delete(await repository.get(session, document.id))
        raise
    return document


def _ingestion(person: SignedIn, document_id: UUID) -> Job:
    return Job(
        name="ingest_document",
        tenant_id=person.tenant_id,
        payload={"document_id": str(document_id)},
        correlation_id=correlation_id(),
        idempotency_key=str(document_id),
    )


@router.get(
    "/{document_id}",
    operation_id="getDocument",
    summary="One document and how far its ingestion is",
    responses=problems(401, 403, 404),
)
async def get_document(
    services: ServicesDep, person: DocumentReader, document_id: UUID
) -> Document:
    """Show a document of the person's tenant."""
    async with services.database.tenant(person.tenant_id) as session:
        return Document.of(await repository.get(session, document_id))


@router.delete(
    "/{document_id}",
    operation_id="deleteDocument",
    summary="Forget a document and its passages",
    status_code=204,
    responses=problems(401, 403, 404),
)
async def delete_document(services: ServicesDep, person: DocumentWriter, document_id: UUID) -> None:
    """Forget the passages first: a document that is gone must not be cited."""
    async with services.database.tenant(person.tenant_id) as session:
        document = await repository.get(session, document_id)
        await services.store.delete(person.tenant_id, document_id)
        await session.delete(document)
        await audit.append(
            session,
            audit.Decision(
                "document.deleted",
                str(person.id),
                str(document_id),
                person.tenant_id,
                {"title": document.title},
            ),
        )
