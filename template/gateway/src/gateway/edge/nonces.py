"""Hands every client that sends proofs the nonce for its next one (RFC 9449 §8.2)."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oidc_auth.dpop import Nonces


class FreshNonce:
    """Adds ``DPoP-Nonce`` to the response, so that nobody has to ask twice while they are busy."""

    def __init__(self, app: ASGIApp, nonces: Nonces) -> None:
        self.app = app
        self.nonces = nonces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or "dpop" not in Headers(scope=scope):
            await self.app(scope, receive, send)
            return

        async def send_with_nonce(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["DPoP-Nonce"] = self.nonces.current()
            await send(message)

        await self.app(scope, receive, send_with_nonce)
