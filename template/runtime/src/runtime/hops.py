"""What a call to another of our services carries on: the trace, the correlation id, the budget."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from runtime import correlation
from runtime.budget import budget_headers
from runtime.telemetry import trace_headers

MODEL_PROXY = "model-proxy"
"""The audience of tokens for the model proxy."""

Credentials = Callable[[UUID | None], Awaitable[Mapping[str, str]]]
"""Returns the headers that say who calls, for this tenant or for none."""


async def no_credentials(_tenant_id: UUID | None) -> Mapping[str, str]:
    """Say nothing: where the other side asks for nothing, or the connection says it already."""
    return {}


def next_hop_headers() -> dict[str, str]:
    """Return the headers of a call that belongs to the request at hand."""
    return {
        correlation.HEADER: correlation.correlation_id(),
        **budget_headers(),
        **trace_headers(),
    }
