"""One JSON object per line on stdout, each with the id of the request that caused it."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from structlog.stdlib import BoundLogger
from structlog.types import EventDict, Processor, WrappedLogger

from runtime.correlation import bound_correlation_id
from runtime.settings import RuntimeSettings

# Libraries that tell of every call; some show headers, and so the codes and tokens in them.
CHATTY = (
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "procrastinate",
    "uvicorn.error",
    "watchfiles",
)


def configure_logs(service: str, settings: RuntimeSettings) -> None:
    """Send structlog's and the standard library's records to stdout in one shape.

    Keys: ``timestamp`` (UTC, ISO 8601), ``level``, ``event``, ``service``, ``correlation_id`` and,
    where known, ``tenant_id``. Start uvicorn with ``log_config=None`` so that it keeps this.
    """
    shared = _shared_processors(service)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=_renderers(settings.log_format)
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    # The access log would repeat what the middleware of each service says, without its ids.
    logging.getLogger("uvicorn.access").disabled = True
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger(name: str) -> BoundLogger:
    """Return a logger; pass facts as keywords: ``logger(__name__).info("stored", answer_id=…)``."""
    bound: BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def name_tenant(tenant_id: UUID) -> None:
    """Name the tenant on every further line of the work at hand."""
    structlog.contextvars.bind_contextvars(tenant_id=str(tenant_id))


def forget_tenant() -> None:
    """Name no tenant any more: the work at hand has ended."""
    structlog.contextvars.unbind_contextvars("tenant_id")


@contextmanager
def bind_tenant(tenant_id: UUID) -> Iterator[None]:
    """Name the tenant on every line of the work inside."""
    with structlog.contextvars.bound_contextvars(tenant_id=str(tenant_id)):
        yield


def _shared_processors(service: str) -> list[Processor]:
    def add_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        if (bound := bound_correlation_id()) is not None:
            event.setdefault("correlation_id", bound)
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        add_ids,
    ]


def _renderers(log_format: str) -> list[Processor]:
    drop = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "console":
        console = structlog.dev.ConsoleRenderer(
            pad_event_to=0, colors=sys.stdout.isatty(), sort_keys=False
        )
        return [drop, _brief, console]
    return [drop, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _brief(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep what a person watching the terminal reads: the runner names the service already."""
    event["timestamp"] = event["timestamp"][11:19]
    del event["service"]
    ids = {name: event.pop(name) for name in ("tenant_id", "correlation_id") if name in event}
    return {key: value for key, value in {**event, **ids}.items() if value != ""}
