"""The model proxy in this process, on a port of its own."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from pydantic import SecretStr

from model_proxy.app import bootstrap
from model_proxy.settings import ProxySettings
from runtime.settings import read_settings

_POLL_S = 0.01


@dataclass(frozen=True)
class Address:
    """Where a model proxy listens, and the key it asks for."""

    url: str
    key: str


@asynccontextmanager
async def serve_model_proxy() -> AsyncIterator[Address]:
    """Serve with this repo's registry and policy, and yield the address.

    A model's key in the environment or in ``.env`` makes the answers that model's.
    """
    key = secrets.token_urlsafe()
    # Nothing is remembered between runs, whatever cache the product has.
    own = {"cache": "memory", "model_proxy_key": SecretStr(key), "model_word_delay_ms": 0.0}
    app = bootstrap(read_settings(ProxySettings).model_copy(update=own))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                await serving
            await asyncio.sleep(_POLL_S)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield Address(f"http://{host}:{port}", key)
    finally:
        server.should_exit = True
        await serving
