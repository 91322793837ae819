"""One id follows a request through every service, job and log line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Correlation-Id"
# As ASGI has it; wrapping every request's headers to read one of them is what costs.
_NAME = HEADER.lower().encode()

_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("correlation_id", default="")


def new_correlation_id() -> str:
    """Return an id nobody has used."""
    return uuid4().hex


def correlation_id() -> str:
    """Return the id of the work at hand; outside of any, a new one that stays for this context."""
    value = _current.get()
    if not value:
        value = new_correlation_id()
        _current.set(value)
    return value


def bound_correlation_id() -> str | None:
    """Return the id of the work at hand; None outside of any."""
    return _current.get() or None


def is_correlation_id(value: str) -> bool:
    """Say whether a value from outside may be used: 8 to 64 letters, digits, ``_`` or ``-``."""
    return bool(_ACCEPTED.fullmatch(value))


@contextmanager
def bind_correlation_id(value: str) -> Iterator[str]:
    """Work under this id; a value that isn't acceptable is replaced by a new one."""
    accepted = value if is_correlation_id(value) else new_correlation_id()
    token = _current.set(accepted)
    try:
        yield accepted
    finally:
        _current.reset(token)


class CorrelationMiddleware:
    """Takes the caller's id if it is acceptable, else makes one; the response carries it back.

    Add it last, so that it is outermost and every other layer logs under the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((text for name, text in scope["headers"] if name == _NAME), b"")
        with bind_correlation_id(given.decode("latin-1")) as value:

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    others = (pair for pair in message.get("headers", ()) if pair[0] != _NAME)
                    message["headers"] = [*others, (_NAME, value.encode())]
                await send(message)

            await self.app(scope, receive, send_with_id)
