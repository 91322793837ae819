"""The model proxy, as its OpenAI-compatible API is seen from here."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import msgspec

from runtime.errors import TooManyRequestsError, UnavailableError
from runtime.hops import Credentials, next_hop_headers, no_credentials

_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=30)
_TOO_MANY = 429
_FAILED = 400
_DEFAULT_RETRY_S = 1


class ModelUnavailableError(UnavailableError):
    """The model proxy does not answer, or has no model that does."""

    code, title = "model_unavailable", "The model is not available"


class ModelFailedError(UnavailableError):
    """The model stopped in the middle of its answer."""

    code, title = "model_failed", "The answer broke off"


@dataclass(frozen=True)
class Purpose:
    """For whom and what for a model is asked; the proxy's policy decides on it."""

    tenant_id: UUID
    use_case: str
    prompt_hash: str = ""
    dataset: str = ""

    def headers(self) -> dict[str, str]:
        """Return what the proxy is told."""
        told = next_hop_headers()
        told |= {"X-Tenant-Id": str(self.tenant_id), "X-Use-Case": self.use_case}
        known = {"X-Prompt-Hash": self.prompt_hash, "X-Dataset": self.dataset}
        return told | {name: value for name, value in known.items() if value}


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = msgspec.field(default_factory=list)
    model: str = ""
    usage: _Usage | None = None
    error: Any = None


class _Embedding(msgspec.Struct):
    embedding: list[float]


class _Embeddings(msgspec.Struct):
    data: list[_Embedding]


class ModelStream:
    """An answer as it is written. ``model`` and the token counts are complete at the end."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.model = ""
        self.input_tokens = 0
        self.output_tokens = 0

    async def tokens(self) -> AsyncGenerator[str, None]:
        """Yield the text piece by piece; raises ``ModelFailedError`` if it breaks off."""
        try:
            async for line in self._response.content:
                data = line.removeprefix(b"data:").strip()
                if data == b"[DONE]":
                    return
                if line.startswith(b"data:"):
                    yield self._text(msgspec.json.decode(data, type=_Chunk))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ModelFailedError("The model stopped answering. Ask again.") from error
        raise ModelFailedError("The model stopped answering. Ask again.")

    async def close(self) -> None:
        """Stop the model if it is still writing."""
        self._response.close()

    def _text(self, chunk: _Chunk) -> str:
        if chunk.error is not None:
            raise ModelFailedError("The model could not finish its answer. Ask again.")
        self.model = chunk.model or self.model
        if chunk.usage is not None:
            self.input_tokens = chunk.usage.prompt_tokens
            self.output_tokens = chunk.usage.completion_tokens
        return "".join(choice.delta.content or "" for choice in chunk.choices)


@dataclass(frozen=True)
class ModelProxy:
    """Asks for embeddings and answers, over one connection pool."""

    http: aiohttp.ClientSession
    credentials: Credentials = no_credentials

    @classmethod
    def connect(
        cls, url: str, *, key: str = "", credentials: Credentials = no_credentials
    ) -> "ModelProxy":
        """Return a client; nothing is sent yet. Call it inside the running event loop.

        Args:
            url: of the proxy.
            key: a static one, for programs that are no service of ours.
            credentials: what each call presents instead.
        """
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return cls(aiohttp.ClientSession(url, headers=headers, timeout=_TIMEOUT), credentials)

    async def embed(self, text: str, purpose: Purpose) -> Sequence[float]:
        """Return a text's embedding.

        Raises:
            ModelUnavailableError: nobody answers.
            TooManyRequestsError: the model is busy.
        """
        response = await self._post("/v1/embeddings", {"model": "embed", "input": text}, purpose)
        try:
            return msgspec.json.decode(await response.read(), type=_Embeddings).data[0].embedding
        except (aiohttp.ClientError, TimeoutError, ValueError, IndexError) as error:
            raise ModelUnavailableError("The embedding can't be read.") from error

    async def stream(
        self, messages: Sequence[Mapping[str, str]], temperature: float, purpose: Purpose
    ) -> ModelStream:
        """Begin an answer; raises ``ModelUnavailableError``, ``TooManyRequestsError``."""
        body = {
            "model": "answer",
            "messages": messages,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return ModelStream(await self._post("/v1/chat/completions", body, purpose))

    async def close(self) -> None:
        """Close connections."""
        await self.http.close()

    async def _post(
        self, path: str, body: Mapping[str, Any], purpose: Purpose
    ) -> aiohttp.ClientResponse:
        headers = {**purpose.headers(), **await self.credentials(purpose.tenant_id)}
        try:
            response = await self.http.post(path, json=body, headers=headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ModelUnavailableError("The model does not answer. Try again later.") from error
        if response.status >= _FAILED:
            response.close()
            raise _refusal(response)
        return response


def _refusal(response: aiohttp.ClientResponse) -> TooManyRequestsError | ModelUnavailableError:
    if response.status == _TOO_MANY:
        given = response.headers.get("Retry-After", "")
        wait_s = int(given) if given.isdecimal() else _DEFAULT_RETRY_S
        return TooManyRequestsError("The model is busy. Try again soon.", retry_after_s=wait_s)
    return ModelUnavailableError("The model can't answer right now. Try again later.")
