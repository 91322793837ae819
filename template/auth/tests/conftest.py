"""A hostile provider: it speaks OpenID Connect over ASGI and lets a test forge anything it says."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx2
import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import Key, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from devstack.identity import identity  # noqa: F401 - a fixture
from oidc_auth import logout
from oidc_auth.audit import AuditKeys, AuditLog
from oidc_auth.config import AuthSettings
from oidc_auth.login import Login
from oidc_auth.oidc import Challenge, OidcClient
from oidc_auth.refresh import Refresher
from oidc_auth.sessions import Sessions
from oidc_auth.spent import Once
from oidc_auth.transactions import Transactions
from runtime.database import Database

ISSUER = "https://provider.test"
CLIENT_ID = "client"
Forge = Callable[[dict[str, Any]], None]


@dataclass
class HostileProvider:
    """Honest until told otherwise."""

    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signing_key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: list[Key] | None = None
    id_token: str | None = None
    is_down: bool = False
    key_requests: int = 0
    token_requests: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""
    clock: Callable[[], float] = time.time

    def discovery(self, _request: Request) -> JSONResponse:
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
        self.key_requests += 1
        keys = [self.signing_key] if self.published is None else self.published
        return JSONResponse({"keys": [key.as_dict(private=False) for key in keys]})

    async def token(self, request: Request) -> JSONResponse:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        self.token_requests.append(form)
        if form["code"] != "good":
            return JSONResponse({"error": "invalid_grant"}, 400)
        id_token = self.id_token or self.sign()
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": id_token})

    def sign(self, **changed: Any) -> str:
        now = int(self.clock())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": "ada",
            "oid": "ada",
            "iat": now,
            "exp": now + 300,
        }
        claims |= {"nonce": self.nonce} | self.claims | changed
        header = {"alg": "RS256", "kid": self.signing_key.kid} | self.header
        honest = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, honest, self.signing_key, algorithms=[header["alg"]])

    def transport(self) -> httpx2.ASGITransport:
        routes = [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/jwks", self.jwks),
            Route("/token", self.token, methods=["POST"]),
        ]
        return httpx2.ASGITransport(app=Starlette(routes=routes))


@pytest.fixture
def owner(database_urls: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


@pytest.fixture
def provider() -> HostileProvider:
    return HostileProvider()


@pytest.fixture
def auth_settings() -> AuthSettings:
    return AuthSettings(
        environment="test",
        oidc_issuer=ISSUER,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret="not-used-elsewhere",
        session_secret="s" * 32,
        public_url="https://app.test",
    )


@pytest.fixture
def challenge(provider: HostileProvider) -> Challenge:
    challenge = Challenge.new(state="state")
    provider.nonce = challenge.nonce
    return challenge


@pytest.fixture
async def client(
    auth_settings: AuthSettings, provider: HostileProvider
) -> AsyncIterator[OidcClient]:
    client = OidcClient(auth_settings, clock=time.time, transport=provider.transport())
    yield client
    await client.aclose()


@pytest.fixture
def sessions(
    database: Database, auth_settings: AuthSettings, clock: "TestClock", audit_log: AuditLog
) -> Sessions:
    return Sessions(database, auth_settings, clock)


@pytest.fixture
def transactions(database: Database, clock: "TestClock") -> Transactions:
    return Transactions(database, clock, lifetime_s=600)


@pytest.fixture
async def audit_log(
    database: Database, auth_settings: AuthSettings, clock: "TestClock"
) -> AsyncIterator[AuditLog]:
    log = AuditLog(database, AuditKeys.read(auth_settings), clock=clock)
    yield log
    await log.close()


@pytest.fixture
def login(
    database: Database,
    client: OidcClient,
    transactions: Transactions,
    sessions: Sessions,
    audit_log: AuditLog,
    clock: "TestClock",
) -> Login:
    once = Once(database, clock, logout.PURPOSE)
    return Login(
        database,
        client,
        transactions,
        sessions,
        audit_log,
        client.logout_verifier(once),
        Refresher(sessions, client),
    )


class TestClock:
    """Stands still until the test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> TestClock:
    return TestClock()
