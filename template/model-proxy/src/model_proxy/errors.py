"""Everything that can go wrong here, told in OpenAI's error shape.

``ProxyError``
├── ``BadRequestError`` 400      the caller's request can't be understood
│   └── ``UnsupportedError`` 400     it asks for what can't be done here
├── ``UnauthorizedError`` 401    the caller has no valid key
├── ``PolicyError`` 403          the use case may not use the model
├── ``UnknownModelError`` 404    no model or alias has that name
├── ``TooLargeError`` 413        the body is longer than the limit
├── ``OverloadedError`` 429      too many requests are in flight
├── ``BudgetExhaustedError`` 503 the caller's latency budget can't be met
├── ``NoModelError`` 503         nothing usable answers under the alias
└── ``UpstreamError`` 502        the model failed; never reported as success
    ├── ``UpstreamRejectedError`` 400  the model refused the request itself
    ├── ``UpstreamBusyError`` 429      the model's own limit
    ├── ``UnexpectedToolCallError`` 502  the model called a tool that nobody offered
    └── ``UpstreamTimeoutError`` 504   the model took too long
"""

from typing import Any, ClassVar


class ProxyError(Exception):
    """Base of all errors; ``code`` is stable, ``kind`` is OpenAI's ``type``."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    kind: ClassVar[str] = "server_error"

    def __init__(
        self, message: str, *, param: str | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after_s = retry_after_s


class BadRequestError(ProxyError):
    """The request can't be understood; ``param`` names the field."""

    status = 400
    code = "invalid_request"
    kind = "invalid_request_error"


class UnsupportedError(BadRequestError):
    """The request is understood, but this proxy or the model behind it can't do it."""

    code = "unsupported"


class UnauthorizedError(ProxyError):
    """No key, or the wrong one."""

    status = 401
    code = "invalid_api_key"
    kind = "authentication_error"


class PolicyError(ProxyError):
    """``models/policy.yaml`` doesn't grant the use case this model."""

    status = 403
    code = "policy_refused"
    kind = "permission_error"


class UnknownModelError(ProxyError):
    """Neither a model nor an alias of the registry."""

    status = 404
    code = "model_not_found"
    kind = "invalid_request_error"


class TooLargeError(ProxyError):
    """The body is longer than the limit."""

    status = 413
    code = "request_too_large"
    kind = "invalid_request_error"


class OverloadedError(ProxyError):
    """The in-flight limit is reached."""

    status = 429
    code = "too_many_requests"
    kind = "rate_limit_error"


class BudgetExhaustedError(ProxyError):
    """The answer can't arrive within the caller's latency budget."""

    status = 503
    code = "budget_exhausted"


class NoModelError(ProxyError):
    """The alias exists, but no model that serves it is usable here."""

    status = 503
    code = "no_usable_model"


class UpstreamError(ProxyError):
    """The model failed."""

    status = 502
    code = "upstream_failed"
    kind = "upstream_error"


class UpstreamRejectedError(UpstreamError):
    """The model says that the request itself is wrong, such as a prompt that is too long."""

    status = 400
    code = "upstream_rejected"
    kind = "invalid_request_error"


class UpstreamBusyError(UpstreamError):
    """The model's own rate limit."""

    status = 429
    code = "upstream_busy"
    kind = "rate_limit_error"


class UnexpectedToolCallError(UpstreamError):
    """The model called a tool that the request does not offer."""

    code = "unexpected_tool_call"


class UpstreamTimeoutError(UpstreamError):
    """The model took longer than its limit or than the caller's budget."""

    status = 504
    code = "upstream_timeout"


def error_body(error: ProxyError, correlation_id: str) -> dict[str, Any]:
    """Return the error in OpenAI's shape, with the correlation id beside the message."""
    return {
        "error": {
            "message": error.message,
            "type": error.kind,
            "param": error.param,
            "code": error.code,
            "correlation_id": correlation_id,
        }
    }
