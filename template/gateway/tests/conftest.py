"""The gateway in this process, with real adapters around it and a small model proxy over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from aiohttp import web
from fastapi import FastAPI
from pydantic import SecretStr

from devstack.contracts import Contract
from devstack.databases import IN_MEMORY
from devstack.device import Device
from devstack.fixtures import Person as Someone
from devstack.fixtures import TestTenant
from devstack.identity import identity  # noqa: F401 - a fixture
from devstack.products import write_product
from gateway.bootstrap import World, bootstrap
from gateway.cookies import SESSION_COOKIE
from gateway.services import Services
from gateway.settings import GatewaySettings
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from oidc_auth.visitors import Visitor, visitor
from runtime.product import root

ORIGIN = "https://app.test"
AGENT = "a browser of these tests"
CHANGES = {"Origin": ORIGIN, "X-Requested-With": "fetch", "User-Agent": AGENT}


@dataclass
class ModelStub:
    """A model proxy that says what the test tells it to, and remembers what it was asked."""

    tokens: list[str] = field(default_factory=lambda: ["Thirty ", "days ", "[1]."])
    status: int = 200
    embedding_status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    reports_error: bool = False
    hangs: bool = False
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    heard: list[dict[str, str]] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    was_left: asyncio.Event = field(default_factory=asyncio.Event)

    async def embeddings(self, request: web.Request) -> web.Response:
        self.heard.append(dict(request.headers))
        vector = [1.0] + [0.0] * 383
        return web.json_response({"data": [{"embedding": vector}]}, status=self.embedding_status)

    async def chat(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(dict(request.headers))
        self.asked.append(await request.json())
        self.was_asked.set()
        if self.status != 200:
            return web.json_response({"error": {}}, status=self.status, headers=self.headers)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._write(response)
        except asyncio.CancelledError:
            self.was_left.set()
            raise
        return response

    async def _write(self, response: web.StreamResponse) -> None:
        for token in self.tokens:
            await _send(response, {"model": "stub", "choices": [{"delta": {"content": token}}]})
        if self.hangs:
            await asyncio.sleep(3600)
        if self.breaks_off:
            return
        if self.reports_error:
            await _send(response, {"error": {"code": "upstream_failed"}})
            return
        await _send(
            response, {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 3}}
        )
        await response.write(b"data: [DONE]\n\n")


async def _send(response: web.StreamResponse, data: dict[str, Any]) -> None:
    await response.write(f"data: {json.dumps(data)}\n\n".encode())


@pytest.fixture
async def model() -> AsyncIterator[ModelStub]:
    stub = ModelStub()
    app = web.Application()
    app.router.add_post("/v1/embeddings", stub.embeddings)
    app.router.add_post("/v1/chat/completions", stub.chat)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield stub
    await runner.cleanup()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A product whose domain, prompts and provider are no option's."""
    return World(product=write_product(tmp_path), content=tmp_path)


@pytest.fixture
def gateway_settings(database_urls: tuple[str, str], model: ModelStub) -> GatewaySettings:
    """Settings under which the gateway needs PostgreSQL and nothing else that an option brings."""
    return GatewaySettings(
        environment="test",
        database_url=database_urls[0],
        **IN_MEMORY,
        model_proxy_url=model.url,
        public_url=ORIGIN,
        oidc_issuer="https://provider.test",
        oidc_client_id="client",
        oidc_client_secret=SecretStr("secret-of-the-test"),
        session_secret=SecretStr("a secret that only this test has"),
    )


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[Services]:
    """Open the gateway's connections, as a server would."""
    async with app.router.lifespan_context(app):
        yield app.state.services


@pytest.fixture
async def app(gateway_settings: GatewaySettings, world: World) -> AsyncIterator[FastAPI]:
    app = bootstrap(gateway_settings, world)
    async with running(app):
        yield app


@pytest.fixture
def services(app: FastAPI) -> Services:
    found: Services = app.state.services
    return found


def browser(
    app: FastAPI, sid: str | None = None, device: Device | None = None
) -> httpx2.AsyncClient:
    """Return a client that behaves like our own page; ``__Host-`` cookies need https."""
    device = device or Device()
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app, client=(address_of(device), 1)),
        base_url=ORIGIN,
        headers=CHANGES,
        auth=device,
    )
    if sid:
        client.cookies.set(SESSION_COOKIE, sid, domain="app.test")
    return client


@dataclass
class Browsers:
    """Opens browsers in which somebody is signed in."""

    app: FastAPI
    opened: list[httpx2.AsyncClient] = field(default_factory=list)

    async def of(
        self, tenant: TestTenant, role: str = "member", *, grant: Grant | None = None
    ) -> httpx2.AsyncClient:
        """A browser of somebody who is signed in, administrators with a second factor."""
        services: Services = self.app.state.services
        device = Device(services.guard.protection.clock)
        given = grant or (strong_grant(services) if role == "admin" else Grant("token"))
        here = visitor_of(services, device)
        sid = await services.sessions.start(person_of(tenant, role), given, here)
        return self.anonymous(sid, device)

    def anonymous(self, sid: str | None = None, device: Device | None = None) -> httpx2.AsyncClient:
        self.opened.append(browser(self.app, sid, device))
        return self.opened[-1]

    async def close(self) -> None:
        for client in self.opened:
            await client.aclose()


def address_of(device: Device) -> str:
    """An address of its own for each device, so that no test uses up another's limit."""
    first, second, third = sha256(device.jkt.encode()).digest()[:3]
    return f"10.{first}.{second}.{third}"


def visitor_of(services: Services, device: Device) -> Visitor:
    """A test's client, as the gateway sees it."""
    secret = services.settings.session_secret.get_secret_value()
    return visitor(secret, address_of(device), AGENT, jkt=device.jkt)


def strong_grant(services: Services, *, age_s: float = 0) -> Grant:
    """A sign-in with a second factor, this long ago."""
    (acr, *_) = services.guard.protection.acr_values
    return Grant("token", acr=acr, authenticated_at=services.guard.protection.clock() - age_s)


@pytest.fixture
def strong() -> Callable[..., Grant]:
    return strong_grant


@pytest.fixture
def persons() -> Callable[..., Person]:
    return person_of


@pytest.fixture
def open_browsers() -> type[Browsers]:
    return Browsers


@pytest.fixture
async def browsers(app: FastAPI) -> AsyncIterator[Browsers]:
    browsers = Browsers(app)
    yield browsers
    await browsers.close()


def person_of(tenant: TestTenant, role: str = "member") -> Person:
    someone: Someone = getattr(tenant, role)
    return Person(
        id=someone.id,
        email=someone.email,
        name=role,
        roles=frozenset({role}),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.slug,
        is_paused=False,
    )


@pytest.fixture
def owner(database_urls: tuple[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls[1], autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.read(root() / "contracts" / "openapi" / "gateway.yaml")


@pytest.fixture
def conforms(contract: Contract) -> Callable[[httpx2.Response, str], Any]:
    """Check a response against the contract's operation, and return its body."""
    return contract.check


@pytest.fixture
def valid(contract: Contract) -> Callable[[object, str], None]:
    """Check data against one of the contract's schemas."""
    return contract.check_data


@pytest.fixture
def replaced(app: FastAPI) -> Callable[..., None]:
    """Replace parts of the retrieval, such as its store."""

    def replace_parts(**parts: Any) -> None:
        services: Services = app.state.services
        retrieval = replace(services.asking.retrieval, **parts)
        asking = replace(services.asking, retrieval=retrieval)
        app.state.services = replace(services, asking=asking)

    return replace_parts


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., Awaitable[httpx2.AsyncClient]]]:
    """Open further gateways, each with a browser of its own, or with one that has this device."""
    async with AsyncExitStack() as stack:

        async def open_one(app: FastAPI, device: Device | None = None) -> httpx2.AsyncClient:
            await stack.enter_async_context(app.router.lifespan_context(app))
            return await stack.enter_async_context(browser(app, device=device))

        yield open_one
