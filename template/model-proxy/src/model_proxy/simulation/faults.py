"""How the deterministic model misbehaves when a test asks it to (header ``X-Model-Fault``).

Before it answers it can ``fail``, be ``busy``, ``reject`` or ``stall``; while it answers it can
``truncate`` or ``hang``; and what it answers can ``leak`` its instructions, call a ``tool`` that
nobody offered, or ``drift`` from the schema it was given.
"""

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
HANG: Final = "hang"
LEAK: Final = "leak"
TOOL: Final = "tool"
DRIFT: Final = "drift"
LATER: Final = frozenset({"", TRUNCATE, HANG, LEAK, TOOL, DRIFT})
FAULTS: Final = frozenset({FAIL, BUSY, REJECT, STALL}) | LATER - {""}


async def misbehave(fault: str) -> None:
    """Fail before the answer begins, as asked; what comes later does nothing here."""
    if fault in LATER:
        return
    match fault:
        case "fail":
            raise UpstreamError("The model failed, as it was told to.")
        case "busy":
            raise UpstreamBusyError("The model is busy, as it was told to be.", retry_after_s=7)
        case "reject":
            raise UpstreamRejectedError("The model refused the request, as it was told to.")
        case "stall":
            await hang()
    raise BadRequestError(f"X-Model-Fault is one of {', '.join(sorted(FAULTS))}.")


async def break_off(fault: str) -> None:
    """Break off in the middle of an answer, or never go on, as asked."""
    if fault == TRUNCATE:
        raise UpstreamError("The model broke off, as it was told to.")
    if fault == HANG:
        await hang()


async def hang() -> None:
    """Wait until whoever waits for this gives up."""
    await asyncio.Event().wait()
