"""Who asks, for whom and what for: the request headers that this proxy understands."""

import re
from dataclasses import dataclass, replace
from typing import Self

from starlette.datastructures import Headers

from model_proxy.errors import BadRequestError
from runtime.budget import Deadline

TENANT = "X-Tenant-Id"
USE_CASE = "X-Use-Case"
PROMPT_HASH = "X-Prompt-Hash"
DATASET = "X-Dataset"
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
        dataset: the digest of the samples that the request is one of; empty for people's questions.
        fault: how the deterministic model should misbehave (``fail.some-model``: only that one);
        empty in production.
        deadline: when the caller's latency budget is used up; None when it has none.
        is_fresh: whether a cached answer must not be used (``Cache-Control: no-cache`` or
        ``no-store``).
    """

    tenant: str = ""
    use_case: str = DEFAULT_USE_CASE
    prompt_hash: str = ""
    dataset: str = ""
    fault: str = ""
    deadline: Deadline | None = None
    is_fresh: bool = False

    @classmethod
    def of(cls, headers: Headers, deadline: Deadline | None, *, allow_faults: bool) -> Self:
        """Read the headers; a malformed one is a ``BadRequestError``."""
        return cls(
            tenant=_token(headers, TENANT),
            use_case=_token(headers, USE_CASE) or DEFAULT_USE_CASE,
            prompt_hash=_token(headers, PROMPT_HASH),
            dataset=_token(headers, DATASET),
            fault=_token(headers, FAULT) if allow_faults else "",
            deadline=deadline,
            is_fresh="no-" in headers.get("Cache-Control", ""),
        )

    def toward(self, model: str) -> "Caller":
        """Return the caller as one model sees it: a fault that is another's is none."""
        fault, _, only = self.fault.partition(".")
        return replace(self, fault=fault if only in {"", model} else "") if only else self


def _token(headers: Headers, name: str) -> str:
    value = headers.get(name, "")
    if value and not _TOKEN.fullmatch(value):
        raise BadRequestError(f"{name} takes 1 to 64 letters, digits, dots, hyphens, underscores.")
    return value
