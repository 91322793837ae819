"""What one of our services presents to another. covers R-0401, R-0509."""

from typing import Any
from uuid import uuid4

import pytest

from oidc_auth.access_tokens import MAX_BYTES, AccessTokenVerifier
from oidc_auth.audit import AuditLog
from oidc_auth.config import AuthSettings
from oidc_auth.jwks import PublishedKeys
from oidc_auth.policy import AuthPolicy
from oidc_auth.service_tokens import ServiceTokens
from runtime.database import Database


@pytest.fixture
def tokens(
    database: Database, auth_settings: AuthSettings, clock: Any, audit_log: AuditLog
) -> ServiceTokens:
    del audit_log  # rotating is recorded
    return ServiceTokens.open(
        database, auth_settings, AuthPolicy(), clock, service="workers", audience="model-proxy"
    )


@pytest.fixture
def verifier(tokens: ServiceTokens, auth_settings: AuthSettings, clock: Any) -> AccessTokenVerifier:
    published = PublishedKeys(tokens.mint.keys.document, clock)
    return AccessTokenVerifier(published, auth_settings.public_origin, "model-proxy", clock)


async def test_service_tokens_name_the_service_and_the_tenant(
    tokens: ServiceTokens, verifier: AccessTokenVerifier
) -> None:
    tenant = uuid4()
    token = await tokens.token(tenant)
    claims = await verifier.verify(token)
    assert len(token) < MAX_BYTES / 2
    assert (claims["sub"], claims["client_id"], claims["aud"]) == (
        "workers",
        "workers",
        "model-proxy",
    )
    assert claims["tenant"] == str(tenant)
    assert claims["exp"] - claims["iat"] <= 300


async def test_service_tokens_without_a_tenant_name_none(
    tokens: ServiceTokens, verifier: AccessTokenVerifier
) -> None:
    header = (await tokens.headers(None))["Authorization"]
    assert "tenant" not in await verifier.verify(header.removeprefix("Bearer "))


async def test_service_tokens_are_used_again_until_half_of_their_life_is_over(
    tokens: ServiceTokens, verifier: AccessTokenVerifier, clock: Any
) -> None:
    one, other = uuid4(), uuid4()
    first = await tokens.token(one)
    clock.now += 149
    assert await tokens.token(one) == first
    assert await tokens.token(other) != first
    clock.now += 1
    second = await tokens.token(one)
    assert second != first
    await verifier.verify(first)


# covers R-0403
async def test_service_tokens_of_a_compromised_key_are_never_sent_again(
    tokens: ServiceTokens, verifier: AccessTokenVerifier
) -> None:
    tenant = uuid4()
    first = await tokens.token(tenant)
    await tokens.mint.keys.rotate(is_compromised=True)
    second = await tokens.token(tenant)
    assert second != first
    await verifier.verify(second)


async def test_service_tokens_of_tenants_seen_long_ago_are_forgotten(
    tokens: ServiceTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oidc_auth.service_tokens._MOST_KEPT", 2)
    one = uuid4()
    first = await tokens.token(one)
    for _ in range(2):
        await tokens.token(uuid4())
    assert await tokens.token(one) != first
