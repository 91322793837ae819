"""For tests, here and in other components: a real server on loopback, and a scripted model API."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.product import root


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a free port of 127.0.0.1 and yield its address."""
    config = uvicorn.Config(app, port=0, log_config=None, loop="none", http="httptools", ws="none")
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    await server.is_up.wait()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.may_end.set()
        await running


def own_models(folder: Path) -> dict[str, Path]:
    """Put the models that every copy has into the folder, without drop-ins and without prompts.

    Returns:
        The settings under which a proxy reads them.
    """
    models, prompts = folder / "models", folder / "no-prompts"
    models.mkdir()
    prompts.mkdir()
    for name in ("registry.yaml", "policy.yaml"):
        (models / name).write_bytes((root() / "models" / name).read_bytes())
    return {"models_folder": models, "prompts_folder": prompts}


@dataclass(frozen=True)
class Reply:
    """What the scripted API answers once.

    Attributes:
        pieces: the body, sent one by one.
        is_endless: whether the answer hangs after its last piece until the caller leaves.
        is_cut: whether the connection breaks after the last piece.
    """

    pieces: tuple[bytes, ...]
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    is_endless: bool = False
    is_cut: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> "Reply":  # noqa: ANN401 - JSON
        """Return a reply with a JSON body."""
        return cls((msgspec.json.encode(value),), status, headers=headers)

    @classmethod
    def events(cls, *data: Any, is_endless: bool = False, is_cut: bool = False) -> "Reply":  # noqa: ANN401 - JSON
        """Return a stream of events, each JSON or, as text, sent as it is."""
        pieces = (d.encode() if isinstance(d, str) else msgspec.json.encode(d) for d in data)
        framed = tuple(b"data: " + piece + b"\n\n" for piece in pieces)
        return cls(framed, content_type="text/event-stream", is_endless=is_endless, is_cut=is_cut)


@dataclass(frozen=True)
class Seen:
    """A request as the scripted API got it; the port tells one connection from another."""

    path: str
    query: str
    headers: dict[str, str]
    body: Any
    port: int


class ScriptedAPI:
    """An ASGI application that answers each request with the next reply and remembers what it saw.

    Attributes:
        was_asked: set when the first request is there.
        was_left: set when a caller leaves before the answer's end.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = deque(replies)
        self.seen: list[Seen] = []
        self.was_asked = asyncio.Event()
        self.was_left = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the script running out is a 500."""
        if scope["type"] != "http":
            return
        await self._remember(scope, receive)
        reply = self.replies.popleft() if self.replies else Reply((), 500)
        named = {"content-type": reply.content_type, **reply.headers}
        headers = [(name.encode(), value.encode()) for name, value in named.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for piece in reply.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if reply.is_endless:
            await receive()
            self.was_left.set()
        if reply.is_cut:
            raise ConnectionResetError("the script says so")
        await send({"type": "http.response.body", "body": b""})

    async def _remember(self, scope: Scope, receive: Receive) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query, port = scope["query_string"].decode(), scope["client"][1]
        value = msgspec.json.decode(body or b"null")
        self.seen.append(Seen(scope["path"], query, headers, value, port))
        self.was_asked.set()


class _Server(uvicorn.Server):
    """Starts and stops as soon as it can: uvicorn itself looks every tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()
        self.may_end = asyncio.Event()

    async def main_loop(self) -> None:
        self.is_up.set()
        await self.may_end.wait()

    async def shutdown(self, sockets: Any = None) -> None:  # noqa: ANN401 - uvicorn's signature
        del sockets
        for server in self.servers:
            server.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0)
        await self.lifespan.shutdown()
