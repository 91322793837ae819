"""Where the proxy is put together, and nowhere else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from model_proxy.accounts import Accounts
from model_proxy.admission import Admission, Door, error_response
from model_proxy.asking import Asking
from model_proxy.batching import Batcher
from model_proxy.callers import Callers, Services
from model_proxy.edge import Edge
from model_proxy.endpoints.chat import create_chat_completion
from model_proxy.endpoints.embeddings import create_embeddings
from model_proxy.endpoints.health import health, ready
from model_proxy.endpoints.models import list_models, retrieve_model
from model_proxy.endpoints.responses import create_response
from model_proxy.errors import BadRequestError, ProxyError, UnsupportedError
from model_proxy.exchanges import recorded
from model_proxy.governance import Governance, open_governance
from model_proxy.keys import Keys
from model_proxy.memory import EmbeddingMemory
from model_proxy.metrics import ProxyMetrics
from model_proxy.policy import load_policy
from model_proxy.providers import Tools, adapter, open_provider
from model_proxy.providers.dialects import dialect_of, load_dialects
from model_proxy.proxy import Proxy
from model_proxy.queueing import Places
from model_proxy.rates import Rate
from model_proxy.records import Recorder, open_recorder, recording
from model_proxy.registry import load_registry
from model_proxy.remembering import Remembering
from model_proxy.routing import Router
from model_proxy.settings import ProxySettings, read_environ
from model_proxy.sources import ConfigurationError
from model_proxy.vectors import Vectors
from model_proxy.weights import load_pins, verify_weights
from runtime.caches import Cache, open_cache
from runtime.correlation import CorrelationMiddleware
from runtime.logs import logger
from runtime.metrics import install_metrics
from runtime.telemetry import TelemetryMiddleware

CONNECT_S = 5.0
CLIENT_CLOSED_REQUEST = 499

ROUTES = [
    Route("/v1/chat/completions", create_chat_completion, methods=["POST"]),
    Route("/v1/responses", create_response, methods=["POST"]),
    Route("/v1/embeddings", create_embeddings, methods=["POST"]),
    Route("/v1/models", list_models, methods=["GET"]),
    Route("/v1/models/{model}", retrieve_model, methods=["GET"]),
    Route("/health", health, methods=["GET"]),
    Route("/ready", ready, methods=["GET"]),
]


def bootstrap(
    settings: ProxySettings,
    environ: Mapping[str, str] | None = None,
    registry: CollectorRegistry | None = None,
) -> Starlette:
    """Return the application.

    Args:
        settings: of this process.
        environ: the variables that the registry names; those of the process by default.
        registry: where the metrics are kept; one of its own by default.

    Raises:
        ConfigurationError: a file under ``models/`` is wrong, weights differ from their pin, or, in
        production,
            an alias has no model.
        SettingsError: ``auth/policy.yaml`` is wrong, and services' tokens are verified here.
    """
    router = open_router(settings, read_environ(settings) if environ is None else environ)
    metrics = registry or CollectorRegistry()
    governance = open_governance(settings, router, metrics)
    recorder = open_recorder(settings.model_record_folder, settings.model_record_max_bytes, metrics)
    door = _door(settings)
    accounts = Accounts(ProxyMetrics(metrics), prompts=governance.attempts.invariants)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        cache = await open_cache(settings)
        opening = _open_proxy(settings, router, governance, recorder, accounts, cache)
        with recording(recorder):
            async with door.rate.sharing(cache), opening as proxy:
                places, batcher = door.places, proxy.vectors.batcher
                accounts.metrics.watch(
                    in_flight=lambda: places.in_flight,
                    waiting=lambda: places.waiting + batcher.waiting,
                )
                app.state.proxy = proxy
                yield

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers=_HANDLERS,
        middleware=[
            Middleware(CorrelationMiddleware),
            Middleware(TelemetryMiddleware),
            Middleware(Edge),
            Middleware(Admission, door=door),
        ],
    )
    install_metrics(app, metrics)
    return app


def _door(settings: ProxySettings) -> Door:
    return Door(
        Callers(Keys(settings.keys), _services(settings)),
        Rate(per_s=settings.requests_per_s, burst=settings.requests_burst),
        Places(
            in_flight=settings.max_in_flight,
            waiting=settings.max_waiting,
            patience_s=settings.max_waiting_ms / 1000,
        ),
    )


def _services(settings: ProxySettings) -> Services | None:
    if not settings.model_proxy_jwks_url:
        return None
    # Verifying tokens takes cryptography: 12 MB that a proxy with keys alone does not need.
    from model_proxy.services import open_services  # noqa: PLC0415

    return open_services(settings)


def open_router(settings: ProxySettings, environ: Mapping[str, str]) -> Router:
    """Return the router over the registry and the policy, after checking all that they name."""
    folder = settings.registry_folder
    registry, policy, pins = load_registry(folder), load_policy(folder), load_pins(folder)
    dialects = load_dialects(folder)
    for model in registry.models.values():
        adapter(model)
        dialect_of(model, dialects)
    if settings.model_weights_folder:
        verify_weights(settings.model_weights_folder, pins)
    router = Router(registry, policy, settings.environment, environ, pins)
    for alias in router.unserved():
        if settings.environment == "production":
            raise ConfigurationError(router.explain(alias))
        logger(__name__).warning("alias_unserved", alias=alias, reason=router.explain(alias))
    return router


@asynccontextmanager
async def _open_proxy(
    settings: ProxySettings,
    router: Router,
    governance: Governance,
    recorder: Recorder | None,
    accounts: Accounts,
    cache: Cache,
) -> AsyncIterator[Proxy]:
    # No total timeout: each call brings its own.
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
    connector = aiohttp.TCPConnector(limit=settings.max_in_flight)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        dialects = load_dialects(settings.registry_folder)
        tools = Tools(http, router.environ, dialects, settings.model_word_delay_ms / 1000)
        usable = [m for m in router.registry.models.values() if router.obstacle(m) is None]
        prompts = governance.attempts.invariants
        providers = {m.name: recorded(open_provider(m, tools), recorder, prompts) for m in usable}
        try:
            async with governance.running(providers, cache):
                asking = Asking(providers, governance.attempts)
                batcher = Batcher(
                    asking.embed,
                    size=settings.embedding_batch_size,
                    wait_s=settings.embedding_batch_wait_ms / 1000,
                )
                memory = EmbeddingMemory(cache, settings.embedding_cache_ttl_s)
                alias = settings.semantic_cache_model
                vectors = Vectors(governance.controls, accounts, memory, batcher, alias)
                yield Proxy(
                    router=router,
                    controls=governance.controls,
                    shadow=governance.shadow,
                    asking=asking,
                    vectors=vectors,
                    memories=Remembering.over(cache, settings, vectors.of_questions),
                    accounts=accounts,
                    max_body_bytes=settings.max_body_bytes,
                )
        finally:
            await cache.close()


async def _proxy_error(_request: Request, error: Exception) -> Response:
    return error_response(error if isinstance(error, ProxyError) else ProxyError(str(error)))


async def _http_error(request: Request, error: Exception) -> Response:
    known = _unserved(request.url.path) or BadRequestError("There is no such route.")
    response = error_response(known)
    response.status_code = error.status_code if isinstance(error, HTTPException) else known.status
    return response


def _unserved(path: str) -> ProxyError | None:
    """Name what clients of OpenAI's try next, and where it is written that it is not here."""
    for prefix, instead in {
        "/v1/responses/": "nothing is stored, so send the whole conversation to /v1/responses",
        "/v1/conversations": "nothing is stored, so send the whole conversation to /v1/responses",
        "/v1/completions": "use /v1/chat/completions",
    }.items():
        if path.startswith(prefix):
            message = f"{path} is not served here: {instead} (docs/inference/api.md)."
            return UnsupportedError(message)
    return None


async def _departed(_request: Request, _error: Exception) -> Response:
    # Nobody reads this; the status is for our own log, as nginx has it.
    return Response(status_code=CLIENT_CLOSED_REQUEST)


_HANDLERS = {
    ProxyError: _proxy_error,
    HTTPException: _http_error,
    ClientDisconnect: _departed,
}
