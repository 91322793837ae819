"""The gateway with two routes that do the same: one asks who is there, the other does not."""

import json
import socket
import sys

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.databases import IN_MEMORY
from gateway.bootstrap import World, bootstrap
from gateway.edge.headers import SecurityHeaders
from gateway.edge.limits import install_body_limit
from gateway.edge.log import RequestLog
from gateway.people import ConversationReader
from gateway.settings import GatewaySettings
from oidc_auth.policy import AuthPolicy
from oidc_auth.policy.jwks import JwksPolicy
from oidc_auth.policy.keys import KeysPolicy
from oidc_auth.policy.limits import LimitsPolicy, RatePolicy
from oidc_auth.policy.tokens import TokensPolicy
from runtime import heap
from runtime.budget import BudgetMiddleware
from runtime.correlation import CorrelationMiddleware
from runtime.logs import configure_logs
from runtime.metrics import install_metrics
from runtime.problems import install_problem_handlers
from runtime.telemetry import TelemetryMiddleware

PLAIN, GUARDED = "/plain", "/guarded"
_ANSWER = {"answer": "the same"}
_PLENTY = RatePolicy(per_s=1_000_000, burst=1_000_000)

QUICK = AuthPolicy(
    limits=LimitsPolicy(address=_PLENTY, person=_PLENTY),
    keys=KeysPolicy(reload_s=1, margin_s=1),
    tokens=TokensPolicy(lifetime_s=5, clock_skew_s=1, cached_s=1),
    jwks=JwksPolicy(ttl_s=1, cooldown_s=1),
)
"""Limits that nobody reaches, and keys that are replaced within seconds."""


def main() -> None:
    """Serve until told to stop."""
    settings = GatewaySettings(
        environment="test",
        **IN_MEMORY,
        log_level="warning",
        public_url="https://app.test",
    )
    configure_logs("bench", settings)
    gateway = bootstrap(settings, World(policy=QUICK))
    gateway.add_api_route(GUARDED, _guarded)
    # Found first, as the other one is: what routes cost is not what sign-in costs.
    gateway.router.routes.insert(0, gateway.router.routes.pop())
    served = _either(gateway, _plain(settings))
    heap.settle()  # as the gateway does
    _serve(served)


async def _guarded(person: ConversationReader) -> dict[str, str]:
    del person
    return _ANSWER


def _plain(settings: GatewaySettings) -> FastAPI:
    """Return the same layers without limits, origin check, session, role and record."""
    app = FastAPI(max_body_size=settings.upload_max_bytes, openapi_url=None)
    app.add_api_route(PLAIN, _answer)
    app.add_middleware(BudgetMiddleware, budget_ms=settings.latency_budget_ms)
    install_problem_handlers(app)
    install_body_limit(app)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, has_tls=True)
    app.add_middleware(TelemetryMiddleware)
    app.add_middleware(CorrelationMiddleware)
    install_metrics(app, CollectorRegistry())
    return app


async def _answer() -> dict[str, str]:
    return _ANSWER


def _either(gateway: ASGIApp, plain: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = plain if scope.get("path") == PLAIN else gateway
        await chosen(scope, receive, send)

    return serve


def _serve(app: ASGIApp) -> None:
    """Listen, say where, then serve; who comes early waits in the queue."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = listening.getsockname()[1]
    sys.stdout.write(json.dumps({"ready": f"http://127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_config=None, loop="uvloop", http="httptools")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
