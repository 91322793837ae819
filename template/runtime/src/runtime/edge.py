"""The layers that every HTTP service has, in the one order that works."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from runtime.budget import BudgetMiddleware
from runtime.correlation import CorrelationMiddleware
from runtime.metrics import install_metrics
from runtime.problems import install_problem_handlers
from runtime.telemetry import TelemetryMiddleware


def install_edge(
    app: FastAPI, *, budget_ms: float, registry: CollectorRegistry | None = None
) -> None:
    """Wrap the app: metrics, correlation id, trace, problems, then the latency budget.

    What is added later lies outside, so the order below is from the inside out.
    """
    app.add_middleware(BudgetMiddleware, budget_ms=budget_ms)
    install_problem_handlers(app)
    app.add_middleware(TelemetryMiddleware)
    app.add_middleware(CorrelationMiddleware)
    install_metrics(app, registry or CollectorRegistry())
