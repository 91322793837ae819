"""Errors become RFC 9457 problems once, at the edge."""

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.correlation import HEADER, correlation_id
from runtime.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    TooLargeError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaError,
)
from runtime.logs import logger

__all__ = [
    "MEDIA_TYPE",
    "ConflictError",
    "ForbiddenError",
    "NotFoundError",
    "ProblemMiddleware",
    "ServiceError",
    "TooLargeError",
    "TooManyRequestsError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnsupportedMediaError",
    "install_problem_handlers",
    "problem",
    "problem_response",
]

MEDIA_TYPE = "application/problem+json"

_INTERNAL = "The fault is ours and has been logged; give the correlation id when you report it."


def problem(error: ServiceError) -> dict[str, str | int]:
    """Return the error as the contract's ``Problem``; also the data of an SSE ``error`` event."""
    return {
        "type": f"urn:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "correlation_id": correlation_id(),
    }


def problem_response(error: ServiceError) -> JSONResponse:
    """Return the error as a response."""
    headers = {HEADER: correlation_id(), **error.headers}
    return JSONResponse(problem(error), error.status, headers=headers, media_type=MEDIA_TYPE)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every failure with a problem; unexpected ones are logged and tell nothing inside.

    Add ``CorrelationMiddleware`` after this, so that it lies outside.
    """
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_middleware(ProblemMiddleware)


class ProblemMiddleware:
    """Catches what nobody expected, before the server would print it and close the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a failure after the response has begun can only be logged."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http":
                raise
            known = error if isinstance(error, ServiceError) else ServiceError(_INTERNAL)
            if known is not error:
                logger(__name__).exception("unexpected_error", path=scope["path"])
            if started:
                raise
            await problem_response(known)(scope, receive, send)


def _service_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ServiceError)  # noqa: S101 - registered for nothing else
    return problem_response(error)


def _http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    status = HTTPStatus(error.status_code)
    known = ServiceError(
        str(error.detail), code=status.name.lower(), status=status.value, title=status.phrase
    )
    response = problem_response(known)
    response.headers.update(error.headers or {})
    return response


def _validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    faults = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors()
    )
    detail = f"The request does not match its contract: {faults}."
    return problem_response(
        ServiceError(detail, code="invalid_request", status=422, title="Invalid request")
    )
