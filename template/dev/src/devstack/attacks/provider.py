"""A hostile provider: it speaks OpenID Connect over ASGI and lets a test forge anything it says."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx2
from joserfc import jwt
from joserfc.jwk import Key, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

ISSUER = "https://provider.test"
CLIENT_ID = "client"
REDIRECT_URI = "https://app.test/auth/callback"


def _key() -> Key:
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class HostileProvider:
    """Honest until told otherwise.

    Attributes:
        metadata, claims, header: replace what it says honestly; None leaves a claim out.
        signing_key, published: what signs, and what the key set shows instead.
        id_token: answered whatever was asked.
        nonce: goes into ID tokens, as the authorization request said.
        clock: seconds since 1970, for it and for whom it is asked by.
        refreshes: refresh tokens that are good for one use; a second use ends them all.
    """

    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signing_key: Key = field(default_factory=_key)
    published: list[Key] | None = None
    id_token: str | None = None
    nonce: str = ""
    clock: Callable[[], float] = time.time
    is_down: bool = False
    key_requests: int = 0
    token_requests: list[dict[str, str]] = field(default_factory=list)
    pushed: list[dict[str, str]] = field(default_factory=list)
    refreshes: dict[str, bool] | None = None
    is_family_revoked: bool = False

    def discovery(self, _request: Request) -> JSONResponse:
        """Answer the metadata."""
        document = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
            "end_session_endpoint": f"{ISSUER}/logout",
            "code_challenge_methods_supported": ["S256"],
        }
        return JSONResponse(document | self.metadata, 500 if self.is_down else 200)

    def jwks(self, _request: Request) -> JSONResponse:
        """Answer the key set."""
        self.key_requests += 1
        keys = [self.signing_key] if self.published is None else self.published
        document = {"keys": [key.as_dict(private=False) for key in keys]}
        return JSONResponse(document, 500 if self.is_down else 200)

    async def push(self, request: Request) -> JSONResponse:
        """Take a pushed authorization request (RFC 9126)."""
        self.pushed.append(await _form(request))
        return JSONResponse({"request_uri": "urn:pushed:1", "expires_in": 60}, 201)

    async def token(self, request: Request) -> JSONResponse:
        """Answer a code or a refresh token."""
        form = await _form(request)
        self.token_requests.append(form)
        if self.is_down:
            return JSONResponse({}, 503)
        if form["grant_type"] == "refresh_token":
            return self._refreshed(form["refresh_token"])
        if form["code"] != "good":
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(self._tokens())

    def sign(self, **changed: Any) -> str:  # noqa: ANN401 - any claim
        """Return an ID token; None leaves a claim out."""
        now = int(self.clock())
        claims: dict[str, Any] = {"iss": ISSUER, "aud": CLIENT_ID, "sub": "ada", "oid": "ada"}
        claims |= {"iat": now, "exp": now + 300, "nonce": self.nonce} | self.claims | changed
        header = {"alg": "RS256", "kid": self.signing_key.kid} | self.header
        honest = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, honest, self.signing_key, algorithms=[header["alg"]])

    def transport(self) -> httpx2.ASGITransport:
        """Return the way to this provider."""
        routes = [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/jwks", self.jwks),
            Route("/par", self.push, methods=["POST"]),
            Route("/token", self.token, methods=["POST"]),
        ]
        return httpx2.ASGITransport(app=Starlette(routes=routes))

    def _tokens(self) -> dict[str, Any]:
        tokens = {"access_token": "a", "token_type": "Bearer"}
        tokens["id_token"] = self.id_token or self.sign()
        if self.refreshes is None:
            return tokens
        fresh = secrets.token_urlsafe(16)
        self.refreshes[fresh] = True
        return tokens | {"refresh_token": fresh, "expires_in": 300}

    def _refreshed(self, token: str) -> JSONResponse:
        if self.refreshes is None or not self.refreshes.get(token) or self.is_family_revoked:
            self.is_family_revoked = True  # RFC 9700 §4.14.2: somebody has a copy
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.refreshes[token] = False
        return JSONResponse(self._tokens())


async def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
