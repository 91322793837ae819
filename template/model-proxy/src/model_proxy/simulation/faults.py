"""How the deterministic model misbehaves when a test asks it to (header ``X-Model-Fault``)."""

import asyncio
from typing import Final

from model_proxy.errors import (
    BadRequestError,
    UpstreamBusyError,
    UpstreamError,
    UpstreamRejectedError,
)

FAIL: Final = "fail"
BUSY: Final = "busy"
REJECT: Final = "reject"
STALL: Final = "stall"
TRUNCATE: Final = "truncate"
FAULTS: Final = frozenset({FAIL, BUSY, REJECT, STALL, TRUNCATE})


async def misbehave(fault: str) -> None:
    """Fail before the answer begins, as asked; ``truncate`` comes later and does nothing here."""
    match fault:
        case "" | "truncate":
            return
        case "fail":
            raise UpstreamError("The model failed, as it was told to.")
        case "busy":
            raise UpstreamBusyError("The model is busy, as it was told to be.", retry_after_s=7)
        case "reject":
            raise UpstreamRejectedError("The model refused the request, as it was told to.")
        case "stall":
            await asyncio.Event().wait()
    raise BadRequestError(f"X-Model-Fault is one of {', '.join(sorted(FAULTS))}.")


def truncated() -> UpstreamError:
    """Return what a stream that breaks off in the middle raises."""
    return UpstreamError("The model broke off, as it was told to.")
