"""What can go wrong in a service, drawn once.

ServiceError
├── NotFoundError           404
├── ForbiddenError          403
├── UnauthenticatedError    401
├── ConflictError           409
├── TooLargeError           413
├── UnsupportedMediaError   415
├── TooManyRequestsError    429, says when to come back
└── UnavailableError        503
"""

from typing import ClassVar


class ServiceError(Exception):
    """Something that the caller may be told.

    Attributes:
        code: stable; programs may depend on it.
        status: of the HTTP response, should it reach the edge.
        title: the kind of fault, the same each time.
        detail: what failed this time and what to do next.
    """

    code: str = "internal"
    status: int = 500
    title: str = "Something went wrong"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        title: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.status = status or self.status
        self.title = title or self.title

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to the response."""
        return {}


class NotFoundError(ServiceError):
    """It does not exist, or not for this tenant."""

    code, status, title = "not_found", 404, "Not found"


class ForbiddenError(ServiceError):
    """The person is known and may not do this."""

    code, status, title = "forbidden", 403, "Not allowed"


class UnauthenticatedError(ServiceError):
    """Nobody is signed in."""

    code, status, title = "unauthenticated", 401, "Sign in first"


class ConflictError(ServiceError):
    """The state has moved on."""

    code, status, title = "conflict", 409, "Already changed"


class TooLargeError(ServiceError):
    """The request body is over the limit."""

    code, status, title = "too_large", 413, "Too large"


class UnsupportedMediaError(ServiceError):
    """This kind of content can't be read."""

    code, status, title = "unsupported_media", 415, "This kind of file can't be read"


class TooManyRequestsError(ServiceError):
    """Slow down; ``retry_after_s`` says for how long (RFC 9110 §10.2.3)."""

    code, status, title = "too_many_requests", 429, "Too many requests"
    default_retry_after_s: ClassVar[float] = 1.0

    def __init__(
        self, detail: str, *, retry_after_s: float = default_retry_after_s, code: str | None = None
    ) -> None:
        super().__init__(detail, code=code)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After`` in whole seconds, at least 1."""
        return {"Retry-After": str(max(1, round(self.retry_after_s)))}


class UnavailableError(ServiceError):
    """Something this service needs does not answer; trying again later may help."""

    code, status, title = "unavailable", 503, "Not available right now"
