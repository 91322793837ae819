"""``GET /health`` and ``GET /ready``."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from model_proxy.routing import Router


async def health(_request: Request) -> JSONResponse:
    """Say that the process lives."""
    return JSONResponse({"status": "ok"})


async def ready(request: Request) -> JSONResponse:
    """Say whether every alias has a model; providers are not asked: their outage is not ours."""
    router: Router = request.app.state.proxy.router
    unserved = router.unserved()
    status = "unavailable" if unserved else "ok"
    checks = {alias: alias not in unserved for alias in router.registry.aliases}
    return JSONResponse({"status": status, "checks": checks}, 503 if unserved else 200)
