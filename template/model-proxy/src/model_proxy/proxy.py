"""The proxy itself: everything a request needs between the door and the model."""

from dataclasses import dataclass

from starlette.requests import Request

from model_proxy.accounts import Accounts
from model_proxy.admission import DEADLINE
from model_proxy.asking import Asking
from model_proxy.caller import Caller
from model_proxy.controls import Controls
from model_proxy.errors import TooLargeError
from model_proxy.providers import ChatCall, EmbeddingCall
from model_proxy.remembering import Remembering
from model_proxy.routing import Router
from model_proxy.shadow import Shadow
from model_proxy.vectors import Vectors
from model_proxy.wire import ChatRequest, EmbeddingRequest, decode_body


@dataclass(frozen=True)
class Proxy:
    """Routes, remembers and asks; built once by ``bootstrap``."""

    router: Router
    controls: Controls
    shadow: Shadow
    asking: Asking
    vectors: Vectors
    memories: Remembering
    accounts: Accounts
    max_body_bytes: int

    async def body(self, request: Request) -> bytes:
        """Read a request's body; ``TooLargeError`` ends one that is too long."""
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > self.max_body_bytes:
                raise TooLargeError(f"The body may have {self.max_body_bytes} bytes.")
        return bytes(body)

    async def chat_call(self, request: Request, body: bytes) -> ChatCall:
        """Read a chat request and choose its models; each refusal is a ``ProxyError``."""
        chat = decode_body(body, ChatRequest)
        return await self.controls.chat(chat, body, self._caller(request))

    async def embedding_call(self, request: Request) -> EmbeddingCall:
        """Read an embeddings request and choose its model; each refusal is a ``ProxyError``."""
        body = await self.body(request)
        wanted = decode_body(body, EmbeddingRequest)
        return await self.controls.embeddings(wanted, len(body), self._caller(request))

    def _caller(self, request: Request) -> Caller:
        return Caller.of(
            request.headers,
            request.scope.get(DEADLINE),
            allow_faults=self.router.environment != "production",
        )
