"""The only place where the gateway is wired."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import httpx2
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from gateway.answers.asking import Asking
from gateway.answers.metrics import AnswerMetrics
from gateway.answers.prompting import PromptChoice
from gateway.answers.retrieval import Retrieval
from gateway.billing import Meter, hook_routes, open_hook
from gateway.edge.headers import SecurityHeaders
from gateway.edge.limits import MULTIPART_OVERHEAD_BYTES, RateLimit, install_body_limit
from gateway.edge.log import RequestLog
from gateway.edge.nonces import FreshNonce
from gateway.edge.origins import SameSite
from gateway.model import ModelProxy
from gateway.product import read_product_page
from gateway.routes import route_modules
from gateway.services import Services
from gateway.settings import GatewaySettings
from oidc_auth.admission import Admission
from oidc_auth.audit import AuditLog
from oidc_auth.authz import Roles
from oidc_auth.config import Clock, system_clock
from oidc_auth.contract import AuthContract, load_contract
from oidc_auth.guard import Guard
from oidc_auth.login import Login
from oidc_auth.machines.tokens import MachineTokens
from oidc_auth.oidc import OidcClient
from oidc_auth.policy import AuthPolicy, load_policy
from oidc_auth.profiles import Profile
from oidc_auth.protection import Shared, open_nonces, open_protection
from oidc_auth.refresh import Refresher
from oidc_auth.replay import open_replays
from oidc_auth.service_tokens import ServiceTokens
from oidc_auth.sessions import Sessions
from oidc_auth.transactions import Transactions
from runtime.budget import BudgetMiddleware
from runtime.caches import open_cache
from runtime.correlation import CorrelationMiddleware
from runtime.database import Database
from runtime.flags import WatchedFlags
from runtime.health import health_router
from runtime.hops import MODEL_PROXY
from runtime.metrics import install_metrics
from runtime.problems import install_problem_handlers
from runtime.product import Product, load_product, root
from runtime.prompts import load_prompts
from runtime.queues import JobQueue, open_queue
from runtime.telemetry import TelemetryMiddleware
from runtime.vectors import VectorStore, open_store


@dataclass(frozen=True)
class World:
    """What a test replaces: clocks, metrics, how strict sign-in is, the provider, the product.

    Attributes:
        content: holds the ``prompts/`` and ``seeds/`` of the product's domain.
    """

    clock: Clock = system_clock
    policy: AuthPolicy | None = None
    monotonic: Callable[[], float] = time.monotonic
    provider: httpx2.AsyncBaseTransport | None = None
    profile: Profile | None = None
    product: Product = field(default_factory=load_product)
    content: Path = field(default_factory=root)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)


def bootstrap(settings: GatewaySettings, world: World | None = None) -> FastAPI:
    """Return the gateway; its connections open and close with its lifespan.

    Raises:
        SettingsError: ``auth/policy.yaml`` is wrong, or too weak for this environment; or the
            billing that is chosen is not part of this repo.
    """
    world = world or World()
    policy = world.policy or load_policy(environment=settings.environment)
    figures = AnswerMetrics(world.registry, world.monotonic)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.services = await _open(
                settings, replace(world, policy=policy), figures, stack
            )
            yield

    app = FastAPI(
        title="Gateway",
        version="1.0.0",
        lifespan=lifespan,
        max_body_size=settings.upload_max_bytes + MULTIPART_OVERHEAD_BYTES,
        openapi_url=None,
    )
    modules = [*route_modules(), *hook_routes(settings)]
    _serve_routes(app, modules)
    signed = frozenset(path for each in modules for path in getattr(each, "SIGNED_PATHS", ()))
    _stand_guard(app, settings, policy, world, signed)
    return app


def _serve_routes(app: FastAPI, modules: list[ModuleType]) -> None:
    async def database() -> None:
        services: Services = app.state.services
        await services.database.ping()

    app.include_router(health_router({"database": database}))
    for module in modules:
        app.include_router(module.router)


def _stand_guard(
    app: FastAPI,
    settings: GatewaySettings,
    policy: AuthPolicy,
    world: World,
    signed: frozenset[str],
) -> None:
    """Put the middleware around the routes, the innermost first."""
    nonces = open_nonces(settings, policy, world.clock)
    app.add_middleware(SameSite, origin=settings.public_origin, exempt=signed)
    app.add_middleware(RateLimit)
    app.add_middleware(
        BudgetMiddleware, budget_ms=settings.latency_budget_ms, clock=world.monotonic
    )
    install_problem_handlers(app)
    install_body_limit(app)
    app.add_middleware(FreshNonce, nonces=nonces)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, has_tls=settings.public_url.startswith("https://"))
    app.add_middleware(TelemetryMiddleware)
    app.add_middleware(CorrelationMiddleware)
    install_metrics(app, world.registry)


async def _open(
    settings: GatewaySettings, world: World, figures: AnswerMetrics, stack: AsyncExitStack
) -> Services:
    database = Database.open(settings)
    stack.push_async_callback(database.close)
    queue = await open_queue(settings)
    stack.push_async_callback(queue.close)
    store = await open_store(settings)
    stack.push_async_callback(store.close)
    meter = Meter(open_hook(settings, database))
    stack.push_async_callback(meter.close)
    policy = world.policy or AuthPolicy()
    contract = load_contract()
    login, guard = await _open_login(settings, world, policy, contract, database, stack)
    machine_tokens = MachineTokens.open(database, settings, policy, clock=world.clock)
    tokens = ServiceTokens(machine_tokens.mint, "gateway", MODEL_PROXY)
    model = ModelProxy.connect(settings.model_proxy_url, credentials=tokens.headers)
    stack.push_async_callback(model.close)
    return Services(
        settings=settings,
        policy=policy,
        product=read_product_page(world.product, world.content),
        database=database,
        queue=queue,
        store=store,
        login=login,
        sessions=login.sessions,
        audit=login.audit,
        roles=Roles.of(contract),
        entrance=machine_tokens.entrance,
        machine_tokens=machine_tokens,
        keys=machine_tokens.mint.keys,
        asking=_open_asking(settings, world, database, queue, store, meter, figures, model),
        guard=guard,
        meter=meter,
    )


async def _open_login(
    settings: GatewaySettings,
    world: World,
    policy: AuthPolicy,
    contract: AuthContract,
    database: Database,
    stack: AsyncExitStack,
) -> tuple[Login, Guard]:
    provider = OidcClient(
        settings,
        clock=world.clock,
        profile=world.profile,
        policy=policy,
        transport=world.provider,
    )
    stack.push_async_callback(provider.aclose)
    cache = await open_cache(settings)
    stack.push_async_callback(cache.close)
    audit = AuditLog.open(
        database,
        settings,
        policy.audit,
        policy_version=contract.roles_version,
        clock=world.clock,
    )
    stack.push_async_callback(audit.close)
    shared = Shared(database, cache, audit, world.clock)
    protection = open_protection(shared, settings, policy, provider.second_factor)
    sessions = Sessions(database, settings, world.clock, policy)
    login = Login(
        database=database,
        provider=provider,
        transactions=Transactions(database, world.clock, policy.sessions.login_s),
        sessions=sessions,
        audit=audit,
        logout_tokens=provider.logout_verifier(open_replays(database, cache, world.clock)),
        refresher=Refresher(sessions, provider),
        granted=contract.granted_by_claims,
        admission=Admission(protection),
    )
    return login, Guard(protection, sessions)


def _open_asking(
    settings: GatewaySettings,
    world: World,
    database: Database,
    queue: JobQueue,
    store: VectorStore,
    meter: Meter,
    figures: AnswerMetrics,
    model: ModelProxy,
) -> Asking:
    return Asking(
        database=database,
        retrieval=Retrieval(
            database=database,
            store=store,
            model=model,
            most=settings.passages,
            timeout_s=settings.search_timeout_s,
        ),
        model=model,
        prompts=PromptChoice(
            load_prompts(world.content / "prompts" / world.product.domain),
            WatchedFlags(root() / "flags.yaml"),
        ),
        queue=queue,
        meter=meter,
        figures=figures,
        review_sample=settings.review_sample,
    )
