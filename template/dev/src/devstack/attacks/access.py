"""Attacks on a service with access tokens; the signature of each is good."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from devstack.attacks.parties import ResourceServer

ISSUER = "https://app.test"
AUDIENCE = "service"
AccessAttack = Callable[[ResourceServer, ECKey], Awaitable[str]]


async def honest(server: ResourceServer, key: ECKey) -> str:
    """Show an honest token; every attack differs from it in one thing."""
    return await server.accept(sign(key))


async def typ_missing(server: ResourceServer, key: ECKey) -> str:
    """A token that does not say that it is an access token."""
    return await server.accept(sign(key, header={"typ": None}))


async def bound_without_proof(server: ResourceServer, key: ECKey) -> str:
    """A stolen token that is bound to its owner's key (RFC 9449 §6)."""
    return await server.accept(sign(key, cnf={"jkt": "thumbprint"}))


async def oversized_token(server: ResourceServer, key: ECKey) -> str:
    """A token of 50 kB."""
    return await server.accept(sign(key, padding="x" * 50_000))


def sign(key: ECKey, *, header: dict[str, Any] | None = None, **changed: Any) -> str:  # noqa: ANN401 - any claim
    """Return an access token; None leaves a header out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "ada", "aud": AUDIENCE, "client_id": "gateway", "jti": "1"}
    times = {"iat": now, "exp": now + 300}
    headers = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"} | (header or {})
    told = {name: value for name, value in headers.items() if value is not None}
    body = {**claims, **times, **changed}
    return jwt.encode(told, body, key, algorithms=["ES256"], default_type=None)
