"""Finding passages: by meaning, and by words where that is not possible."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from gateway.answers.passages import Passage
from gateway.model import ModelProxy, Purpose
from runtime.database import Database
from runtime.errors import TooManyRequestsError, UnavailableError
from runtime.logs import logger
from runtime.vectors import VectorStore

# Any word may match, the best documents come first, and of each its best lines are taken.
_SPARSE = text("""
WITH asked AS (
  SELECT replace(plainto_tsquery('english', :question)::text, '&', '|')::tsquery AS query
)
SELECT id, title, ts_headline('english', text, query,
  'MaxFragments=2, MaxWords=60, MinWords=25, StartSel="", StopSel="", FragmentDelimiter=" … "')
FROM documents, asked
WHERE text IS NOT NULL AND to_tsvector('english', text) @@ query
ORDER BY ts_rank_cd(to_tsvector('english', text), query) DESC, id
LIMIT :most
""")


@dataclass(frozen=True)
class Retrieval:
    """Searches one tenant's documents.

    The vector store is asked first. When it, or the model that embeds the question, does not
    answer in time, PostgreSQL's full-text search does: fewer and rougher passages, no outage.
    """

    database: Database
    store: VectorStore
    model: ModelProxy
    most: int
    timeout_s: float

    async def find(self, tenant_id: UUID, question: str) -> list[Passage]:
        """Return the passages that fit best, best first."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self._by_meaning(tenant_id, question)
        except (TimeoutError, UnavailableError, TooManyRequestsError) as error:
            logger(__name__).warning("search_degraded", reason=str(error) or "timeout")
            return await self._by_words(tenant_id, question)

    async def _by_meaning(self, tenant_id: UUID, question: str) -> list[Passage]:
        embedding = await self.model.embed(question, Purpose(tenant_id, "retrieval"))
        matches = await self.store.search(tenant_id, embedding, limit=self.most)
        return [Passage.of(match) for match in matches if match.score > 0]

    async def _by_words(self, tenant_id: UUID, question: str) -> list[Passage]:
        async with self.database.tenant(tenant_id) as session:
            found = await session.execute(_SPARSE, {"question": question, "most": self.most})
            return [Passage(row[0], row[1], 0, row[2]) for row in found]
