"""Workers over PostgreSQL, a model proxy on loopback, and adapters that every repo has.

Jobs know ports only: what the chosen adapters do is tested in ``runtime`` and, all together, in
``tests/e2e``.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
import pytest_asyncio
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from devstack.fixtures import TestTenant
from model_proxy.app import bootstrap as bootstrap_proxy
from model_proxy.settings import ProxySettings
from model_proxy.testing import own_models, serve
from oidc_auth.rotation import PURPOSE, SigningKeys
from oidc_auth.sealing import Sealer
from runtime.database import Database
from runtime.database.models import Conversation, Document
from runtime.queues import Backoff, Job
from runtime.vectors import VectorStore
from workers.context import Context
from workers.model import ModelProxy
from workers.settings import WorkerSettings

ATTEMPTS = 2
SECRET = "s" * 32


@pytest_asyncio.fixture
async def jwks_url(database: Database) -> AsyncIterator[str]:
    """Where the public keys are, which the gateway publishes elsewhere."""
    keys = SigningKeys(database, Sealer((SECRET,), PURPOSE), time.time)

    async def publish(_request: Request) -> JSONResponse:
        return JSONResponse(await keys.document())

    async with serve(Starlette(routes=[Route("/jwks.json", publish)])) as url:
        yield f"{url}/jwks.json"


@pytest_asyncio.fixture
async def proxy_url(
    settings_values: dict[str, Any], jwks_url: str, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of a model proxy with the deterministic models, which knows our tokens."""
    own = {"model_proxy_jwks_url": jwks_url, **own_models(tmp_path)}
    settings = ProxySettings(**{**settings_values, **own})
    async with serve(bootstrap_proxy(settings, {})) as url:
        yield url


@pytest.fixture
def worker_settings(settings_values: dict[str, Any], proxy_url: str) -> WorkerSettings:
    """The workers' settings; they have no key of the proxy's."""
    own = {"model_proxy_url": proxy_url, "session_secret": SecretStr(SECRET)}
    return WorkerSettings(**{**settings_values, **own})


@pytest_asyncio.fixture
async def model(
    proxy_url: str, settings_values: dict[str, Any]
) -> AsyncIterator["CountingModelProxy"]:
    """The model proxy, seen through a client that counts what it embeds."""
    headers = {"Authorization": f"Bearer {settings_values['model_proxy_key']}"}
    async with aiohttp.ClientSession(proxy_url, headers=headers) as http:
        yield CountingModelProxy(http)


@dataclass(frozen=True)
class CountingModelProxy(ModelProxy):
    """The real client; ``embedded`` is every text it sent."""

    embedded: list[str] = field(default_factory=list)

    async def embed(self, tenant_id: UUID, texts: Sequence[str]) -> list[list[float]]:
        """Count, then embed."""
        self.embedded.extend(texts)
        return await super().embed(tenant_id, texts)


@pytest.fixture
def context(database: Database, store: VectorStore, model: ModelProxy) -> Context:
    """What the jobs under test use."""
    return Context(database, store, model, Backoff(attempts=ATTEMPTS, first_s=0.01))


@pytest.fixture
def upload(database: Database, tenant: TestTenant) -> Callable[..., Awaitable[Document]]:
    """Put a document into the database, as the gateway does."""

    async def insert(content: bytes, content_type: str = "text/plain") -> Document:
        document = Document(
            id=uuid4(),
            tenant_id=tenant.id,
            title="Notes",
            content_type=content_type,
            size_bytes=len(content),
            sha256="0" * 64,
            content=content,
            created_by=tenant.member.id,
        )
        async with database.tenant(tenant.id) as session:
            session.add(document)
        return document

    return insert


@pytest_asyncio.fixture
async def conversation(database: Database, tenant: TestTenant) -> Conversation:
    """A conversation of the tenant's member."""
    row = Conversation(id=uuid4(), tenant_id=tenant.id, user_id=tenant.member.id, title="Tea")
    async with database.tenant(tenant.id) as session:
        session.add(row)
    return row


@pytest.fixture
def make_job(tenant: TestTenant) -> Callable[..., Job]:
    """Make a job of the tenant."""

    def make(name: str, attempt: int = 1, **payload: Any) -> Job:
        return Job(name, tenant.id, payload, "correlation-of-the-test", attempt=attempt)

    return make
