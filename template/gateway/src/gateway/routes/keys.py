"""The public keys with which anybody verifies our tokens (RFC 7517 §5)."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from gateway.services import ServicesDep

router = APIRouter(prefix="/.well-known", include_in_schema=False)

MAX_AGE_S = 60


@router.get("/jwks.json")
async def get_keys(services: ServicesDep) -> JSONResponse:
    """Answer the set: the key that signs, the next one, and those that signed lately."""
    cached = {"Cache-Control": f"public, max-age={MAX_AGE_S}"}
    return JSONResponse(await services.keys.document(), headers=cached)
