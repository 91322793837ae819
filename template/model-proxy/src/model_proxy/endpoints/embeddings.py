"""``POST /v1/embeddings``: vectors for texts, each text embedded once."""

import base64
from array import array
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from model_proxy.departure import while_present
from model_proxy.providers import EmbeddingCall
from model_proxy.proxy import Proxy
from model_proxy.wire import Usage


async def create_embeddings(request: Request) -> Response:
    """Answer an embeddings request."""
    proxy: Proxy = request.app.state.proxy
    call = await proxy.embedding_call(request)
    account = proxy.accounts.embeddings(call)
    try:
        vectors = await while_present(request.receive, proxy.vectors.embed(call, account))
    except BaseException as error:
        account.close(error)
        raise
    account.close()
    headers = {"X-Cache": account.cache, "X-Model": account.model.name}
    return Response(_body(call, vectors, account.usage), 200, headers, "application/json")


def _body(call: EmbeddingCall, vectors: list[list[float]], usage: Usage) -> bytes:
    encode = _base64 if call.request.encoding_format == "base64" else list
    data = [
        {"object": "embedding", "index": index, "embedding": encode(vector)}
        for index, vector in enumerate(vectors)
    ]
    counts = {"prompt_tokens": usage.prompt_tokens, "total_tokens": usage.total_tokens}
    return msgspec.json.encode(
        {"object": "list", "data": data, "model": call.model.upstream, "usage": counts}
    )


def _base64(vector: list[float]) -> Any:  # noqa: ANN401 - text or numbers, as the caller chose
    return base64.b64encode(array("f", vector).tobytes()).decode()
