"""What nobody expected becomes an error in OpenAI's shape too, and tells nothing inside."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model_proxy.admission import error_response
from model_proxy.errors import ProxyError
from runtime.logs import logger


class Edge:
    """ASGI middleware; a failure after the response has begun can only be logged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            if scope["type"] != "http":
                raise
            logger(__name__).exception("unexpected_error", path=scope["path"])
            if has_begun:
                raise
            failure = ProxyError("The proxy failed; the fault has been logged.")
            await error_response(failure)(scope, receive, send)
