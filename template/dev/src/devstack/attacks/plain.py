"""The negative control: sign-in as authlib's own documentation builds it, and nothing else."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.httpx_client import (  # type: ignore[import-untyped] # has no types
    AsyncOAuth2Client,
)
from authlib.integrations.starlette_client import (  # type: ignore[import-untyped] # has no types
    OAuth,
)
from authlib.oauth2.rfc9068 import (  # type: ignore[import-untyped] # has no types
    JWTBearerTokenValidator,
)
from joserfc.jwk import ECKey, KeySet
from starlette.requests import Request

from devstack.attacks.access import AUDIENCE
from devstack.attacks.access import ISSUER as ACCESS_ISSUER
from devstack.attacks.parties import Visit
from devstack.attacks.provider import CLIENT_ID, ISSUER, REDIRECT_URI, HostileProvider


class PlainParty:
    """``OAuth().register(…)``, ``authorize_redirect`` and ``authorize_access_token``."""

    def __init__(
        self, provider: HostileProvider, *, claims_options: dict[str, Any] | None = None
    ) -> None:
        self._claims_options = claims_options
        self._app = OAuth().register(
            "provider",
            client_id=CLIENT_ID,
            client_secret="secret",  # noqa: S106 - the provider of these tests takes any
            server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid",
                "code_challenge_method": "S256",
                "transport": provider.transport(),
            },
        )

    async def begin(self, **asked: str) -> Visit:
        """Send a browser to the provider; the session cookie holds state, nonce and verifier.

        Args:
            asked: more parameters of the request, such as ``acr_values`` and ``max_age``.
        """
        session: dict[str, Any] = {}
        await self._app.authorize_redirect(_request(session), REDIRECT_URI, **asked)
        ((name, kept),) = session.items()
        return Visit(name.rpartition("_")[2], kept["data"]["nonce"], session)

    async def finish(self, visit: Visit, parameters: Mapping[str, str]) -> str:
        """Take the callback."""
        request = _request(dict(visit.cookies), parameters)
        options = {"claims_options": self._claims_options} if self._claims_options else {}
        token = await self._app.authorize_access_token(request, **options)
        return str(token["userinfo"]["sub"])


class PlainServer(JWTBearerTokenValidator):  # type: ignore[misc] # has no types
    """authlib's validator of RFC 9068 tokens."""

    def __init__(self, key: ECKey) -> None:
        super().__init__(issuer=ACCESS_ISSUER, resource_server=AUDIENCE)
        self._key = key

    def get_jwks(self) -> KeySet:
        """Return the published keys."""
        return KeySet([self._key])

    async def accept(self, token: str) -> str:
        """Validate the token and return its subject."""
        claims = self.authenticate_token(token)
        self.validate_token(claims, None, None)
        return str(claims["sub"])


class PlainRefresher:
    """A client per request, made of the session's token, as a web application has it."""

    def __init__(self, provider: HostileProvider) -> None:
        self._provider = provider

    async def two_requests_at_once(self) -> None:
        """Let two requests meet a token that is due."""
        assert self._provider.refreshes is not None  # noqa: S101 - the test asks for refreshes
        self._provider.refreshes["first"] = True
        token = {"access_token": "a", "refresh_token": "first", "expires_at": time.time() - 1}
        requests = (self._request(dict(token)) for _ in range(2))
        await asyncio.gather(*requests, return_exceptions=True)

    async def _request(self, token: dict[str, Any]) -> None:
        async with AsyncOAuth2Client(
            CLIENT_ID,
            "secret",
            token=token,
            token_endpoint=f"{ISSUER}/token",
            transport=self._provider.transport(),
        ) as client:
            await client.ensure_active_token(client.token)


def _request(session: dict[str, Any], parameters: Mapping[str, str] | None = None) -> Request:
    query = urlencode(parameters or {}).encode()
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/auth/callback",
            "headers": [],
            "query_string": query,
            "session": session,
        }
    )
