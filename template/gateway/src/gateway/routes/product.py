"""What the product says about itself."""

from fastapi import APIRouter

from gateway.product import ProductPage
from gateway.services import ServicesDep

router = APIRouter(prefix="/api/product")


@router.get(
    "",
    operation_id="getProduct",
    summary="What this product is and what people may ask it first",
    openapi_extra={"security": []},
)
async def get_product(services: ServicesDep) -> ProductPage:
    """Answer anybody: the page before sign-in shows it."""
    return services.product
