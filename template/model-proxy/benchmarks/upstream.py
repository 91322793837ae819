"""``python -m …upstream PORT``: a model API that answers at once, in one piece or in 50 events."""

import asyncio
import json
import sys
from functools import partial

import uvloop

from .wire import Answering

EVENTS = 50
DIMENSIONS = 64
_USAGE = {"prompt_tokens": 700, "completion_tokens": EVENTS, "total_tokens": 700 + EVENTS}
_HEAD = {"id": "chatcmpl-1", "created": 1, "model": "upstream-1"}


def respond(path: str, body: bytes) -> list[bytes]:
    """Return the pieces of the response."""
    if path.endswith("/embeddings"):
        return [EMBEDDING]
    if path.endswith("/traces"):
        return [TRACES]
    is_stream = b'"stream":true' in body.replace(b" ", b"")
    return STREAM if is_stream else [COMPLETION]


def _json_response(value: object) -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def _completion() -> bytes:
    message = {"role": "assistant", "content": "word " * EVENTS}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return _json_response(
        {**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}
    )


def _stream() -> list[bytes]:
    def event(delta: dict[str, str], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return json.dumps({**_HEAD, "object": "chat.completion.chunk", "choices": [choice]})

    last = {**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}
    events = [
        event({"role": "assistant", "content": ""}),
        *(event({"content": "word "}) for _ in range(EVENTS)),
        event({}, "stop"),
        json.dumps(last),
        "[DONE]",
    ]
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    return [head, *(_piece(f"data: {data}\n\n".encode()) for data in events), b"0\r\n\r\n"]


def _piece(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


TRACES = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
COMPLETION, STREAM = _completion(), _stream()
EMBEDDING = _json_response(
    {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [DIMENSIONS**-0.5] * DIMENSIONS}],
        "model": "upstream-1",
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
)


async def serve(port: int) -> None:
    """Answer until told to stop."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Answering, respond), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
