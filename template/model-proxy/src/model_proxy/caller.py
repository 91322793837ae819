"""Who asks, for whom and what for: the request headers that this proxy understands."""

import hmac
import re
from dataclasses import dataclass
from typing import Self

from starlette.datastructures import Headers

from model_proxy.errors import BadRequestError, UnauthorizedError
from runtime.budget import HEADER as BUDGET
from runtime.budget import parse_budget

TENANT = "X-Tenant-Id"
USE_CASE = "X-Use-Case"
PROMPT_HASH = "X-Prompt-Hash"
FAULT = "X-Model-Fault"
DEFAULT_USE_CASE = "general"

# Short and without separators: these values become cache keys, span attributes and log fields.
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Caller:
    """One request's sender.

    Attributes:
        tenant: whose answers may be reused for it; empty for callers that serve no tenant.
        use_case: what the policy decides on.
        prompt_hash: the template behind the prompt; empty when there is none.
        fault: how the deterministic model should misbehave; empty in production.
        budget_ms: what is left of the caller's latency budget; None when it has none.
        is_fresh: whether a cached answer must not be used (``Cache-Control: no-cache`` or
        ``no-store``).
    """

    tenant: str = ""
    use_case: str = DEFAULT_USE_CASE
    prompt_hash: str = ""
    fault: str = ""
    budget_ms: int | None = None
    is_fresh: bool = False

    @classmethod
    def of(cls, headers: Headers, *, allow_faults: bool) -> Self:
        """Read the headers; a malformed one is a ``BadRequestError``."""
        return cls(
            tenant=_token(headers, TENANT),
            use_case=_token(headers, USE_CASE) or DEFAULT_USE_CASE,
            prompt_hash=_token(headers, PROMPT_HASH),
            fault=_token(headers, FAULT) if allow_faults else "",
            budget_ms=parse_budget(headers.get(BUDGET)),
            is_fresh="no-" in headers.get("Cache-Control", ""),
        )


def check_key(headers: Headers, key: str) -> None:
    """Raise ``UnauthorizedError`` unless the bearer token is the key; an empty key asks for none.

    Source: RFC 6750 §2.1. Settings make sure that production has a key.
    """
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if key and not (
        scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), key.encode())
    ):
        raise UnauthorizedError("Send the proxy's key as 'Authorization: Bearer <key>'.")


def _token(headers: Headers, name: str) -> str:
    value = headers.get(name, "")
    if value and not _TOKEN.fullmatch(value):
        raise BadRequestError(f"{name} takes 1 to 64 letters, digits, dots, hyphens, underscores.")
    return value
