"""Everything that can go wrong here, told in OpenAI's error shape.

``ProxyError``
├── ``BadRequestError`` 400      the caller's request can't be understood
│   └── ``UnsupportedError`` 400     it asks for what can't be done here
├── ``UnauthorizedError`` 401    the caller has no valid key or token
├── ``TenantMismatchError`` 403  the caller's token is for another tenant
├── ``PolicyError`` 403          the use case may not use the model
├── ``UnknownModelError`` 404    no model or alias has that name
├── ``TooLargeError`` 413        the body is longer than the limit
├── ``OverloadedError`` 429      too many requests are in flight
├── ``TokenBudgetError`` 429     the feature's or the tenant's tokens are used up
├── ``BudgetExhaustedError`` 503 the caller's latency budget can't be met
├── ``NoModelError`` 503         nothing usable answers under the alias
├── ``KeysUnavailableError`` 503 nobody says how to verify the caller's token
├── ``SwitchedOffError`` 503     somebody switched this off in flags.yaml
├── ``PromptTooLongError`` 413   longer than flags.yaml allows just now
└── ``UpstreamError`` 502        the model failed; never reported as success
    ├── ``UpstreamRejectedError`` 400  the model refused the request itself
    ├── ``UpstreamBusyError`` 429      the model's own limit
    ├── ``UpstreamTimeoutError`` 504   the model took too long
    ├── ``CircuitOpenError`` 503       every model that could answer is left alone after failures
    └── ``AnswerError`` 502            the model answered, but not with what its prompt promises
        ├── ``EmptyAnswerError``            no words and no tool call
        ├── ``InvalidAnswerError``          not the JSON that was asked for, repaired once in vain
        └── ``UnexpectedToolCallError``     a tool that nobody offered
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
    """No key or token, or not a good one."""

    status = 401
    code = "invalid_api_key"
    kind = "authentication_error"


class TenantMismatchError(ProxyError):
    """The token opens another tenant than the one that the request names."""

    status = 403
    code = "tenant_mismatch"
    kind = "permission_error"


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


class TokenBudgetError(ProxyError):
    """What ``models/budgets.yaml`` gives a feature or a tenant is used up for now."""

    status = 429
    code = "token_budget_exhausted"
    kind = "insufficient_quota"


class BudgetExhaustedError(ProxyError):
    """The answer can't arrive within the caller's latency budget."""

    status = 503
    code = "budget_exhausted"


class NoModelError(ProxyError):
    """The alias exists, but no model that serves it is usable here."""

    status = 503
    code = "no_usable_model"


class KeysUnavailableError(ProxyError):
    """The keys that tokens are verified with can't be had, and known ones are too old."""

    status = 503
    code = "keys_unavailable"


class SwitchedOffError(ProxyError):
    """A flag keeps a model or tools from being used; nothing is wrong with the request."""

    status = 503
    code = "switched_off"


class PromptTooLongError(ProxyError):
    """Prompts of this length are switched off just now."""

    status = 413
    code = "prompt_too_long"
    kind = "invalid_request_error"


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


class UpstreamTimeoutError(UpstreamError):
    """The model took longer than its limit or than the caller's budget."""

    status = 504
    code = "upstream_timeout"


class CircuitOpenError(UpstreamError):
    """Nobody is asked until a probe finds a model well again."""

    status = 503
    code = "circuit_open"


class AnswerError(UpstreamError):
    """There is an answer, but not one that may be handed on."""

    code = "answer_unusable"


class EmptyAnswerError(AnswerError):
    """The answer has neither words nor tool calls."""

    code = "answer_empty"


class InvalidAnswerError(AnswerError):
    """The answer isn't the JSON that the request or its prompt declares."""

    code = "answer_invalid"


class UnexpectedToolCallError(AnswerError):
    """The answer calls a tool that the request does not offer."""

    code = "unexpected_tool_call"


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
