"""Read an uploaded document, cut it into passages, embed them and make them searchable.

Running it again changes nothing: passages have ids made of their text, and those the store already
holds keep their embeddings (so an edited document costs only what changed).
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import update
from sqlalchemy.orm import undefer

from runtime.database.models import Document
from runtime.logs import logger
from runtime.queues import Job
from runtime.vectors import Chunk
from workers.context import Context
from workers.documents.reading import UnreadableError, read_text
from workers.documents.splitting import split_text
from workers.metrics import FAILED

name = "ingest_document"

GIVEN_UP = "The document could not be made searchable. Upload it again later."


@dataclass(frozen=True)
class Passage:
    """A piece of the document under an id that its text decides."""

    id: UUID
    ordinal: int
    text: str


async def handle(context: Context, job: Job) -> str | None:
    """Ingest the document; what is wrong with the file itself is told to its owner, not retried."""
    document = await _begin(context, job)
    if document is None:
        logger(__name__).info("document_is_gone", document_id=job.payload["document_id"])
        return None
    try:
        text = read_text(document.content_type, document.content)
        passages = await _store(context, job.tenant_id, document, split_text(text))
    except UnreadableError as error:
        await _set(context, document, status="failed", error=str(error))
        return FAILED
    except Exception:
        # Somebody is waiting for this document: never leave it "reading" with nobody at work.
        last = context.is_last_attempt(job)
        state = {"status": "failed", "error": GIVEN_UP} if last else {"status": "waiting"}
        await _set(context, document, **state)
        raise
    ready = {"status": "ready", "error": None, "text": text, "passages": passages}
    if not await _set(context, document, **ready):
        # Deleted while it was read: nothing of it may stay searchable.
        await context.store.delete(job.tenant_id, document.id)
    return None


def number_passages(document_id: UUID, model: str, texts: Sequence[str]) -> list[Passage]:
    """Return passages whose ids depend on document, embedding model and text, not on the order."""
    seen: Counter[str] = Counter()
    passages = []
    for ordinal, text in enumerate(texts):
        digest = hashlib.sha256(text.encode()).hexdigest()
        identity = uuid5(document_id, f"{model} {digest} {seen[digest]}")
        seen[digest] += 1
        passages.append(Passage(identity, ordinal, text))
    return passages


async def _begin(context: Context, job: Job) -> Document | None:
    document_id = UUID(job.payload["document_id"])
    async with context.database.tenant(job.tenant_id) as session:
        document = await session.get(Document, document_id, options=[undefer(Document.content)])
        if document is not None:
            document.status = "reading"
        return document


async def _store(
    context: Context, tenant_id: UUID, document: Document, texts: Sequence[str]
) -> int:
    passages = number_passages(document.id, await context.model.embedding_model(), texts)
    known = dict(await context.store.embeddings(tenant_id, document.id))
    new = [passage for passage in passages if passage.id not in known]
    vectors = await context.model.embed(tenant_id, [passage.text for passage in new])
    known |= {passage.id: vector for passage, vector in zip(new, vectors, strict=True)}
    chunks = [
        Chunk(p.id, document.id, document.title, p.ordinal, p.text, known[p.id]) for p in passages
    ]
    await context.store.replace(tenant_id, document.id, chunks)
    logger(__name__).info(
        "document_ingested",
        document_id=str(document.id),
        passages=len(passages),
        embedded=len(new),
    )
    return len(passages)


async def _set(context: Context, document: Document, **values: object) -> bool:
    async with context.database.tenant(document.tenant_id) as session:
        statement = update(Document).where(Document.id == document.id).values(**values)
        changed = await session.execute(statement.returning(Document.id))
        return changed.first() is not None
