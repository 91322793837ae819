"""The product's own way from question to answer, without database and browser.

Splitting, embedding, search, prompt and model are the code that serves people; only the store is in
this process's memory, so that a run leaves nothing behind.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4, uuid5

from evals.samples import Answer, Citation, Sample
from evals.seeds import SeedDocument, Tenant
from gateway.answers.passages import Passage, context_of
from gateway.model import ModelProxy, Purpose
from runtime.prompts import PromptLibrary
from runtime.vectors import Chunk
from runtime.vectors.memory import MemoryVectorStore
from workers.documents.splitting import split_text
from workers.jobs.ingest_document import number_passages
from workers.model import ModelProxy as EmbeddingModel

USE_CASE = "evaluation"
MOST_PASSAGES = 5


@dataclass(frozen=True)
class Assistant:
    """Answers samples from their tenant's documents; ``dataset`` is the samples' digest."""

    model: ModelProxy
    prompts: PromptLibrary
    tenants: Mapping[str, Tenant]
    store: MemoryVectorStore
    dataset: str = ""

    async def answer(self, sample: Sample) -> Answer:
        """Search, ask, and return the answer with everything that the model was shown."""
        prompt = self.prompts[sample.metadata.prompt]
        tenant = self.tenants[sample.metadata.tenant]
        purpose = Purpose(tenant.id, USE_CASE, prompt.hash, self.dataset)
        passages = [*_planted(sample), *await self._find(sample, purpose)]
        messages = prompt.render(context=context_of(passages), question=sample.input)
        stream = await self.model.stream(messages, prompt.temperature, purpose)
        try:
            async with aclosing(stream.tokens()) as tokens:
                text = "".join([token async for token in tokens])
        finally:
            await stream.close()
        return Answer(text, _numbered(passages), messages[0]["content"], stream.model)

    async def _find(self, sample: Sample, purpose: Purpose) -> list[Passage]:
        embedding = await self.model.embed(sample.input, purpose)
        found = await self.store.search(purpose.tenant_id, embedding, limit=MOST_PASSAGES)
        return [Passage.of(match) for match in found if match.score > 0]


@asynccontextmanager
async def open_assistant(
    url: str, key: str, prompts: PromptLibrary, tenants: Mapping[str, Tenant]
) -> AsyncIterator[Assistant]:
    """Read every tenant's documents and yield the assistant; ``url`` is a model proxy's."""
    model = ModelProxy.connect(url, key=key)
    try:
        store = MemoryVectorStore()
        for tenant in tenants.values():
            await _ingest(EmbeddingModel(model.http), store, tenant)
        yield Assistant(model, prompts, tenants, store)
    finally:
        await model.close()


async def _ingest(model: EmbeddingModel, store: MemoryVectorStore, tenant: Tenant) -> None:
    name = await model.embedding_model()
    for document in tenant.documents:
        identity = uuid5(tenant.id, document.title)
        passages = number_passages(identity, name, split_text(document.text))
        vectors = await model.embed(tenant.id, [passage.text for passage in passages])
        chunks = [
            Chunk(p.id, identity, document.title, p.ordinal, p.text, vector)
            for p, vector in zip(passages, vectors, strict=True)
        ]
        await store.replace(tenant.id, identity, chunks)


def _planted(sample: Sample) -> list[Passage]:
    """The attack's passages come first: a planted document is assumed to be found."""
    documents = [SeedDocument(d.title, d.text) for d in sample.metadata.documents]
    return [
        Passage(uuid4(), document.title, ordinal, text)
        for document in documents
        for ordinal, text in enumerate(split_text(document.text))
    ]


def _numbered(passages: Sequence[Passage]) -> tuple[Citation, ...]:
    return tuple(Citation(n, p.title, p.text) for n, p in enumerate(passages, start=1))
