"""Drills with the real gateway, store and model proxy: parts go away, answers still come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import httpx2
import psycopg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from chaos.proxy import Fault, FaultyProxy
from devstack.conversation import events
from devstack.device import Device
from devstack.fixtures import TestTenant
from devstack.products import write_product
from gateway.bootstrap import World, bootstrap
from gateway.cookies import SESSION_COOKIE
from gateway.model import ModelProxy, Purpose
from gateway.services import Services
from gateway.settings import GatewaySettings
from model_proxy.app import bootstrap as bootstrap_model_proxy
from model_proxy.settings import ProxySettings
from model_proxy.testing import own_models, serve
from oidc_auth.grants import Grant
from oidc_auth.people import Person
from oidc_auth.visitors import visitor
from runtime.vectors import Chunk, open_store

# covers R-0312

ORIGIN = "https://app.test"
AGENT = "a browser of the drills"
QUESTION = "Within how many days may unused goods be returned?"
TEXT = "Unused goods may be returned within 30 days."
PATIENCE = aiohttp.ClientTimeout(total=None, sock_read=0.5)
NEVER_S = 3600.0
ATTEMPTS, PAUSE_S = 15, 1.0


@dataclass
class Drill:
    """A product whose store and whose models stand behind faulty connections."""

    store: FaultyProxy
    models: FaultyProxy
    services: Services
    client: httpx2.AsyncClient

    async def ask(self) -> httpx2.Response:
        """Ask the question in a new conversation."""
        started = await self.client.post("/api/conversations")
        path = f"/api/conversations/{started.json()['id']}/answers"
        return await self.client.post(path, json={"question": QUESTION})


@pytest_asyncio.fixture
async def models_url(settings_values: dict[str, Any], tmp_path: Path) -> AsyncIterator[str]:
    """Where a model proxy with its deterministic model is."""
    own = {**own_models(tmp_path), "model_word_delay_ms": 0}
    settings = ProxySettings(**(settings_values | own))
    async with serve(bootstrap_model_proxy(settings, {})) as url:
        yield url


@pytest.fixture
def gateway_settings(
    settings_values: dict[str, Any],
    chosen: Callable[[str], dict[str, str]],
    models_url: str,
) -> GatewaySettings:
    """The gateway's settings with the chosen store; jobs wait in memory."""
    own = {
        "model_proxy_url": models_url,
        "public_url": ORIGIN,
        "oidc_issuer": "https://provider.test",
        "oidc_client_id": "client",
        "oidc_client_secret": SecretStr(uuid4().hex),
        "session_secret": SecretStr(uuid4().hex + uuid4().hex),
    }
    return GatewaySettings(**(settings_values | chosen("vectors") | own))


@pytest_asyncio.fixture
async def drill(
    gateway_settings: GatewaySettings,
    settings_values: dict[str, Any],
    tenant: TestTenant,
    tmp_path: Path,
) -> AsyncIterator[Drill]:
    """A product in this process, one person of the tenant signed in."""
    settings = gateway_settings
    world = World(product=write_product(tmp_path), content=tmp_path)
    app = bootstrap(settings, world)
    device = Device()
    field, address = _store_address(settings)
    async with (
        FaultyProxy.before(address) as before_store,
        FaultyProxy.before(_host_and_port(settings.model_proxy_url)) as before_models,
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url=ORIGIN,
            headers={"Origin": ORIGIN, "X-Requested-With": "fetch", "User-Agent": AGENT},
            auth=device,
        ) as client,
    ):
        store = await open_store(
            settings.model_copy(update={field: _through(before_store, getattr(settings, field))})
        )
        key = settings_values["model_proxy_key"]
        bearer = {"Authorization": f"Bearer {key}"}
        http = aiohttp.ClientSession(before_models.url, headers=bearer, timeout=PATIENCE)
        unharmed = ModelProxy.connect(settings.model_proxy_url, key=key)
        services = _rewired(app.state.services, store, unharmed, ModelProxy(http))
        app.state.services = services
        await _fill(settings, services, tenant)
        secret = settings.session_secret.get_secret_value()
        here = visitor(secret, "127.0.0.1", AGENT, jkt=device.jkt)
        sid = await services.sessions.start(_person(tenant), Grant("token"), here)
        client.cookies.set(SESSION_COOKIE, sid, domain="app.test")
        yield Drill(before_store, before_models, services, client)
        await store.close()
        await http.close()
        await unharmed.close()


async def test_answers_come_from_the_store_while_all_is_well(drill: Drill) -> None:
    told = dict(events(await drill.ask()))
    assert list(told) == ["citations", "token", "done"]
    assert [c["title"] for c in told["citations"]["citations"]] == ["in-the-store.md"]


async def test_without_the_vector_store_answers_come_by_sparse_search(drill: Drill) -> None:
    drill.store.inject(Fault(refuse=True))
    response = await drill.ask()
    told = dict(events(response))
    assert response.status_code == 200
    assert list(told) == ["citations", "token", "done"]
    assert [c["title"] for c in told["citations"]["citations"]] == ["in-the-database.md"]


async def test_when_the_vector_store_returns_it_is_used_again(drill: Drill) -> None:
    drill.store.inject(Fault(refuse=True))
    await drill.ask()
    drill.store.heal()
    # A client may wait a little before it tries a lost connection again.
    for _ in range(ATTEMPTS):
        told = dict(events(await drill.ask()))
        if [c["title"] for c in told["citations"]["citations"]] == ["in-the-store.md"]:
            return
        await asyncio.sleep(PAUSE_S)
    pytest.fail("The store was never used again.")


@pytest.mark.parametrize("fault", [Fault(refuse=True), Fault(latency_s=NEVER_S)])
async def test_without_models_a_question_ends_in_a_problem_not_in_waiting(
    drill: Drill, fault: Fault
) -> None:
    drill.models.inject(fault)
    response = await drill.ask()
    assert response.status_code == 503
    assert response.json()["code"] == "model_unavailable"


async def test_an_answer_that_is_cut_off_ends_in_an_error_event(drill: Drill) -> None:
    drill.models.inject(Fault(reset_after=1_200))
    told = dict(events(await drill.ask()))
    assert "done" not in told
    assert told["error"]["code"] == "model_failed"
    drill.models.heal()
    assert "done" in dict(events(await drill.ask()))


def _rewired(services: Services, store: Any, unharmed: ModelProxy, model: ModelProxy) -> Services:
    # Questions are embedded without faults, so that a fault meets the answer itself.
    retrieval = replace(services.asking.retrieval, store=store, model=unharmed)
    asking = replace(services.asking, retrieval=retrieval, model=model)
    return replace(services, asking=asking, store=store)


async def _fill(settings: GatewaySettings, services: Services, tenant: TestTenant) -> None:
    """Put one document into the store and another into the database, to tell them apart."""
    document_id = uuid4()
    embedding = await services.asking.retrieval.model.embed(TEXT, Purpose(tenant.id, "retrieval"))
    chunk = Chunk(uuid4(), document_id, "in-the-store.md", 0, TEXT, embedding)
    with psycopg.connect(settings.database_admin_url, autocommit=True) as owner:
        for title, identity, text in (
            ("in-the-store.md", document_id, None),
            ("in-the-database.md", uuid4(), TEXT),
        ):
            owner.execute(
                "INSERT INTO documents (id, tenant_id, title, content_type, size_bytes, sha256,"
                " content, text, status, created_by)"
                " VALUES (%s, %s, %s, 'text/plain', 1, '', '', %s, 'ready', %s)",
                [identity, tenant.id, title, text, tenant.member.id],
            )
    await services.store.replace(tenant.id, document_id, [chunk])


def _person(tenant: TestTenant) -> Person:
    member = tenant.member
    return Person(
        id=member.id,
        email=member.email,
        name="member",
        roles=frozenset({"member"}),
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.slug,
        is_paused=False,
    )


def _store_address(settings: GatewaySettings) -> tuple[str, tuple[str, int] | Path]:
    """Return the setting that names the chosen store, and where that is."""
    if settings.milvus_uri:
        return "milvus_uri", _host_and_port(settings.milvus_uri)
    parts = urlsplit(settings.database_url)
    (folder,) = parse_qs(parts.query).get("host", [""])
    if folder.startswith("/"):
        return "database_url", Path(folder) / ".s.PGSQL.5432"
    return "database_url", _host_and_port(settings.database_url)


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 5432


def _through(proxy: FaultyProxy, url: str) -> str:
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{user}{proxy.host}:{proxy.port}", query="").geturl()
