"""``POST /v1/embeddings``: vectors for texts, each text embedded once."""

import base64
from array import array
from dataclasses import replace
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from model_proxy.accounts import Account
from model_proxy.departure import while_present
from model_proxy.providers import EmbeddingCall
from model_proxy.proxy import Proxy
from model_proxy.wire import Usage


async def create_embeddings(request: Request) -> Response:
    """Answer an embeddings request."""
    proxy: Proxy = request.app.state.proxy
    call = await proxy.embedding_call(request)
    account = Account(
        "embeddings", call.model, call.caller, call.request.model, reservation=call.reservation
    )
    try:
        vectors = await while_present(request.receive, _vectors(proxy, call, account))
    except BaseException as error:
        account.close(error)
        raise
    account.close()
    headers = {"X-Cache": account.cache, "X-Model": account.model.name}
    return Response(_body(call, vectors, account.usage), 200, headers, "application/json")


async def _vectors(proxy: Proxy, call: EmbeddingCall, account: Account) -> list[list[float]]:
    known = await proxy.embeddings.get(call)
    missing = [text for text, vector in zip(call.texts, known, strict=True) if vector is None]
    account.cache = "hit" if not missing else "miss"
    if missing:
        rest = replace(call, texts=missing)
        made = await proxy.embed(rest)
        account.usage = made.usage
        await proxy.embeddings.keep(rest, made.vectors)
        known = _filled(known, made.vectors)
    return [vector for vector in known if vector is not None]


def _filled(known: list[list[float] | None], made: list[list[float]]) -> list[list[float] | None]:
    rest = iter(made)
    return [next(rest) if vector is None else vector for vector in known]


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
