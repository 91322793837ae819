"""Our own services at the proxy's door, over HTTP. covers R-0401, R-0403, R-0509."""

import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from model_proxy.errors import KeysUnavailableError, UnauthorizedError
from model_proxy.services import open_services
from model_proxy.testing import Reply, ScriptedAPI, serve

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
ISSUER = "https://app.test"
BODY = {"model": "embed", "input": "Is tea hot?"}


@dataclass
class Publisher:
    """Signs tokens, and publishes the key a given number of times; then it answers 500."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", auto_kid=True))
    now: float = field(default_factory=time.time)
    url: str = ""

    def __post_init__(self) -> None:
        self.api = ScriptedAPI(self.reply())

    def reply(self) -> Reply:
        return Reply.json({"keys": [self.key.as_dict(private=False)]})

    def token(
        self, *, header: dict[str, Any] | None = None, key: Any = None, **changed: Any
    ) -> str:
        claims = {
            "iss": ISSUER,
            "aud": "model-proxy",
            "sub": "gateway",
            "client_id": "gateway",
            "tenant": TENANT,
            "jti": "one",
            "iat": int(self.now),
            "exp": int(self.now) + 300,
        }
        told = {name: value for name, value in (claims | changed).items() if value is not None}
        head = {"alg": "ES256", "typ": "at+jwt", "kid": self.key.kid, **(header or {})}
        return jwt.encode(head, told, key or self.key, algorithms=[head["alg"]])


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    publisher = Publisher()
    async with serve(publisher.api) as url:
        publisher.url = f"{url}/.well-known/jwks.json"
        yield publisher


@pytest.fixture
def known(publisher: Publisher) -> dict[str, str]:
    """Settings that let in the services whose keys are published, and no static key."""
    jwks = publisher.url
    return {"model_proxy_jwks_url": jwks, "model_proxy_key": "", "public_url": ISSUER}


async def ask(client: Any, token: str, tenant: str = TENANT) -> tuple[int, Any]:
    told = {"X_Tenant_Id": tenant} if tenant else {}
    bearer = f"Bearer {token}"
    async with client.post("/v1/embeddings", BODY, Authorization=bearer, **told) as response:
        body = await response.json()
    return response.status, body.get("error", {}).get("code")


async def test_services_come_in_with_a_token_of_their_tenant(
    start: Any, publisher: Publisher, known: Any
) -> None:
    async with start(**known) as client:
        assert await ask(client, publisher.token()) == (200, None)
        assert await ask(client, publisher.token(jti="two")) == (200, None)
        assert await ask(client, publisher.token(tenant=None), tenant="") == (200, None)
    assert len(publisher.api.seen) == 1


@pytest.mark.parametrize("tenant", [OTHER, ""])
async def test_services_open_no_other_tenant_than_the_tokens(
    start: Any, publisher: Publisher, known: Any, tenant: str
) -> None:
    async with start(**known) as client:
        refused = await ask(client, publisher.token(), tenant)
        hop = await ask(client, publisher.token(tenant=None))
    assert refused == hop == (403, "tenant_mismatch")


@pytest.mark.parametrize(
    "forged",
    [
        {"exp": int(time.time()) - 60},
        {"aud": "https://app.test/api"},
        {"aud": ["model-proxy", "https://app.test/api"]},
        {"iss": "https://other.test"},
        {"sub": None},
        {"client_id": None},
        {"tenant": "x" * 2048},
        {"header": {"typ": "JWT"}},
        {"header": {"kid": "made-up"}},
        {"cnf": {"jkt": "somebody"}},
        {"key": ECKey.generate_key("P-256")},
        {"key": OctKey.import_key("s" * 32), "header": {"alg": "HS256"}},
    ],
)
async def test_services_refuse_what_is_no_token_for_them(
    start: Any, publisher: Publisher, known: Any, forged: Any
) -> None:
    async with start(**known) as client:
        assert await ask(client, publisher.token(**forged)) == (401, "invalid_api_key")


@pytest.mark.parametrize("token", ["", "key", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_services_being_known_means_that_nobody_else_comes_in(
    start: Any, known: Any, token: str
) -> None:
    async with start(**known) as client:
        assert await ask(client, token) == (401, "invalid_api_key")


async def test_services_and_static_keys_come_in_side_by_side(
    start: Any, publisher: Publisher, known: Any
) -> None:
    async with start(**{**known, "model_proxy_key": "a.static.key"}) as client:
        assert await ask(client, "a.static.key", OTHER) == (200, None)
        assert await ask(client, publisher.token()) == (200, None)
        assert await ask(client, "another.static.key") == (401, "invalid_api_key")


async def test_services_flooding_with_unknown_keys_cause_one_fetch(
    start: Any, publisher: Publisher, known: Any
) -> None:
    async with start(**known) as client:
        for number in range(5):
            made_up = publisher.token(header={"kid": f"made-up-{number}"})
            assert await ask(client, made_up) == (401, "invalid_api_key")
    assert len(publisher.api.seen) == 1


async def test_services_are_told_to_come_again_while_nobody_publishes_keys(
    start: Any, publisher: Publisher, known: Any
) -> None:
    publisher.api.replies.clear()
    async with start(**known) as client:
        assert await ask(client, publisher.token()) == (503, "keys_unavailable")
        publisher.api.replies.append(publisher.reply())
        assert await ask(client, publisher.token()) == (200, None)


async def test_services_outlive_an_outage_of_the_publisher_but_not_forever(
    settings: Any, publisher: Publisher, known: Any
) -> None:
    services = open_services(settings(**known), lambda: publisher.now)
    assert services is not None
    assert await services.identify(publisher.token(), TENANT) == "gateway"
    publisher.now += 1000
    assert await services.identify(publisher.token(), TENANT) == "gateway"
    publisher.now += 5000
    with pytest.raises(KeysUnavailableError):
        await services.identify(publisher.token(), TENANT)


async def test_services_forget_a_withdrawn_key_when_the_set_is_read_again(
    settings: Any, publisher: Publisher, known: Any
) -> None:
    services = open_services(settings(**known), lambda: publisher.now)
    assert services is not None
    assert await services.identify(publisher.token(), TENANT) == "gateway"
    publisher.api.replies.append(Reply.json({"keys": []}))
    publisher.now += 301
    with pytest.raises(UnauthorizedError):
        await services.identify(publisher.token(), TENANT)


def test_services_are_verified_without_a_database_driver(tmp_path: Path) -> None:
    program = "import sys, model_proxy.app; print('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
