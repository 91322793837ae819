"""What a call to another of our services carries on: the trace, the correlation id, the budget."""

from runtime import correlation
from runtime.budget import budget_headers
from runtime.telemetry import trace_headers


def next_hop_headers() -> dict[str, str]:
    """Return the headers of a call that belongs to the request at hand."""
    return {
        correlation.HEADER: correlation.correlation_id(),
        **budget_headers(),
        **trace_headers(),
    }
