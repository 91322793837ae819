"""Where the workers are put together, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
from prometheus_client import CollectorRegistry

from oidc_auth.audit import AuditLog
from oidc_auth.config import Clock, system_clock
from oidc_auth.policy import AuthPolicy, load_policy
from oidc_auth.service_tokens import ServiceTokens
from runtime.database import Database
from runtime.hops import MODEL_PROXY, Credentials, no_credentials
from runtime.logs import logger
from runtime.queues import Backoff, JobHandler, JobQueue, open_queue
from runtime.vectors import open_store
from workers.context import Context
from workers.jobs import load_handlers
from workers.metrics import JobMetrics
from workers.model import ModelProxy
from workers.settings import WorkerSettings
from workers.upkeep import Tools, Upkeep, load_tasks


@dataclass(frozen=True)
class Workers:
    """A queue and what its jobs do."""

    queue: JobQueue
    handlers: Mapping[str, JobHandler]
    context: Context
    registry: CollectorRegistry
    upkeep: Upkeep

    async def run(self) -> None:
        """Work until cancelled; the jobs in hand are finished first."""
        logger(__name__).info("ready", jobs=sorted(self.handlers))
        upkeep = asyncio.create_task(self.upkeep.run(), name="upkeep")
        try:
            await self.queue.run(self.handlers)
        finally:
            upkeep.cancel()
            with suppress(asyncio.CancelledError):
                await upkeep


@asynccontextmanager
async def bootstrap(
    settings: WorkerSettings,
    registry: CollectorRegistry | None = None,
    clock: Clock = system_clock,
) -> AsyncIterator[Workers]:
    """Yield workers over the adapters that the settings name; release everything at the end."""
    backoff = Backoff(attempts=settings.job_attempts, first_s=settings.job_retry_s)
    registry = registry or CollectorRegistry()
    figures = JobMetrics(registry, backoff)
    async with AsyncExitStack() as stack:
        queue = await open_queue(settings, backoff=backoff)
        stack.push_async_callback(queue.close)
        store = await open_store(settings)
        stack.push_async_callback(store.close)
        database = Database.open(settings)
        stack.push_async_callback(database.close)
        http = await stack.enter_async_context(_session(settings))
        policy = load_policy(environment=settings.environment)
        model = ModelProxy(http, _credentials(settings, database, policy))
        context = Context(database, store, model, backoff)
        upkeep = _upkeep(Tools(database, settings, policy, clock), stack)
        handlers = figures.watch(load_handlers(context))
        yield Workers(queue, handlers, context, registry, upkeep)


def _credentials(settings: WorkerSettings, database: Database, policy: AuthPolicy) -> Credentials:
    """Return tokens of ours; without the secret that seals their keys there are none."""
    if not settings.session_secrets:
        return no_credentials
    tokens = ServiceTokens.open(
        database, settings, policy, system_clock, service="workers", audience=MODEL_PROXY
    )
    return tokens.headers


def _upkeep(tools: Tools, stack: AsyncExitStack) -> Upkeep:
    if tools.settings.session_secrets:
        audit = AuditLog.open(tools.database, tools.settings, tools.policy.audit)
        stack.push_async_callback(audit.close)
    return Upkeep(tools, load_tasks())


def _session(settings: WorkerSettings) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        settings.model_proxy_url,
        timeout=aiohttp.ClientTimeout(total=settings.embedding_timeout_s, sock_connect=5),
    )
