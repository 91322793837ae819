"""Refuses changes that another site's page asks for."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from oidc_auth.csrf import check_same_site


class SameSite:
    """Applies ``oidc_auth.csrf`` to every request; ``exempt`` paths prove themselves otherwise.

    So does a request with an Authorization header: another site's page can't send one, and with it
    the cookie is not looked at.
    """

    def __init__(self, app: ASGIApp, origin: str, exempt: frozenset[str]) -> None:
        self.app = app
        self.origin = origin
        self.exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or raise ``CrossSiteError``."""
        if scope["type"] == "http" and scope["path"] not in self.exempt:
            headers = Headers(scope=scope)
            if "authorization" not in headers:
                check_same_site(scope["method"], headers, self.origin)
        await self.app(scope, receive, send)
