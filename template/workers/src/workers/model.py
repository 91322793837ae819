"""The model proxy, as far as jobs need it: embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import aiohttp
import msgspec

from runtime.errors import UnavailableError
from runtime.hops import Credentials, next_hop_headers, no_credentials

ALIAS = "embed"
BATCH = 16
USE_CASE = "ingestion"


class ModelUnavailableError(UnavailableError):
    """The model proxy does not answer, or not with embeddings; a later attempt may succeed."""

    code, title = "model_unavailable", "The model is not available"


class _Card(msgspec.Struct):
    root: str
    version: str


class _Embedding(msgspec.Struct):
    index: int
    embedding: list[float]


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]


@dataclass(frozen=True)
class ModelProxy:
    """Embeds texts; the session brings the proxy's address."""

    http: aiohttp.ClientSession
    credentials: Credentials = no_credentials

    async def embedding_model(self) -> str:
        """Return which model makes the embeddings now; vectors of two models can't be compared."""
        card = msgspec.json.decode(await self._request("GET", f"/v1/models/{ALIAS}"), type=_Card)
        return f"{card.root}@{card.version}"

    async def embed(self, tenant_id: UUID, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text, asking for ``BATCH`` at a time."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            vectors += await self._batch(tenant_id, texts[start : start + BATCH])
        return vectors

    async def _batch(self, tenant_id: UUID, texts: Sequence[str]) -> list[list[float]]:
        body = msgspec.json.encode({"model": ALIAS, "input": texts, "encoding_format": "float"})
        answer = await self._request("POST", "/v1/embeddings", body, tenant_id)
        data = msgspec.json.decode(answer, type=_Embeddings).data
        if len(data) != len(texts):
            raise ModelUnavailableError("The model embedded another number of texts than asked.")
        return [item.embedding for item in sorted(data, key=lambda item: item.index)]

    async def _request(
        self, method: str, path: str, body: bytes | None = None, tenant_id: UUID | None = None
    ) -> bytes:
        headers = {"Content-Type": "application/json", "X-Use-Case": USE_CASE, **next_hop_headers()}
        if tenant_id is not None:
            headers["X-Tenant-Id"] = str(tenant_id)
        headers |= await self.credentials(tenant_id)
        try:
            async with self.http.request(method, path, data=body, headers=headers) as response:
                answer = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ModelUnavailableError("The model proxy does not answer.") from error
        if not response.ok:
            raise ModelUnavailableError(f"The model proxy answered {response.status} to {path}.")
        return answer
