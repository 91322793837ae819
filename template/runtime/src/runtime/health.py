"""Two questions for whoever runs the service: does it live, and can it do its work?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from starlette.responses import JSONResponse

from runtime.logs import logger

TIMEOUT_S = 2.0

Check = Callable[[], Awaitable[object]]


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """Return ``/health`` (always 200 while the process answers) and ``/ready``.

    Args:
        checks: by the name of what is needed; one that raises or takes ``TIMEOUT_S`` has failed.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready")
    async def ready() -> JSONResponse:
        results = await asyncio.gather(*(_is_ok(name, check) for name, check in checks.items()))
        states = dict(zip(checks, ("ok" if ok else "failed" for ok in results), strict=True))
        status = "ok" if all(results) else "failed"
        return JSONResponse({"status": status, "checks": states}, 200 if all(results) else 503)

    return router


async def _is_ok(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        logger(__name__).warning("not_ready", dependency=name, error=str(error))
        return False
    return True
