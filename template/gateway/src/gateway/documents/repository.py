"""Documents in the database; row-level security keeps to the transaction's tenant."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.documents.uploads import Upload
from oidc_auth.people import Person
from runtime.database.models import Document
from runtime.errors import NotFoundError

_MOST = 500


async def newest(session: AsyncSession) -> list[Document]:
    """Return the tenant's documents, newest first."""
    found = await session.scalars(
        select(Document).order_by(Document.created_at.desc(), Document.id).limit(_MOST)
    )
    return list(found)


async def get(session: AsyncSession, document_id: UUID) -> Document:
    """Return a document; raises ``NotFoundError``."""
    document = await session.get(Document, document_id)
    if document is None:
        raise NotFoundError("There is no such document.")
    return document


async def add(session: AsyncSession, person: Person, upload: Upload) -> Document:
    """Keep an upload; its ingestion has not begun."""
    document = Document(
        tenant_id=person.tenant_id,
        title=upload.title,
        content_type=upload.content_type,
        size_bytes=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        created_by=person.id,
    )
    session.add(document)
    await session.flush()
    await session.refresh(document)
    return document
