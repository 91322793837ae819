"""``POST /v1/chat/completions``: an answer in one piece, or as server-sent events."""

from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from model_proxy.answering import give_answer
from model_proxy.errors import ProxyError, error_body
from model_proxy.providers import Chunk
from model_proxy.proxy import Proxy
from model_proxy.sse import DONE, encode_event
from runtime.correlation import correlation_id


@dataclass(frozen=True)
class ChatForm:
    """Implements ``Form``: the model's own words, as they came."""

    wants_usage: bool

    def whole(self, body: bytes) -> bytes:
        """Return the completion."""
        return body

    def event(self, chunk: Chunk) -> bytes:
        """Return the chunk, unless it exists for callers who asked for usage only."""
        if chunk.is_usage_only and not self.wants_usage:
            return b""
        return encode_event(chunk.data)

    def end(self) -> bytes:
        """Return the last event."""
        return encode_event(DONE)

    def failure(self, error: ProxyError) -> bytes:
        """Return an event that clients raise; no ``[DONE]`` follows."""
        return encode_event(msgspec.json.encode(error_body(error, correlation_id())))


async def create_chat_completion(request: Request) -> Response:
    """Answer a chat request."""
    proxy: Proxy = request.app.state.proxy
    call = await proxy.chat_call(request, await proxy.body(request))
    return await give_answer(request, proxy, call, ChatForm(call.request.wants_usage))
