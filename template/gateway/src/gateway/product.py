"""What the product says about itself before anybody asks."""

from pathlib import Path

import yaml
from pydantic import BaseModel

from runtime.product import Product


class ProductPage(BaseModel):
    """The product and what people may ask it first."""

    name: str
    description: str
    organisation: str
    domain: str
    headline: str
    disclaimer: str | None
    suggestions: list[str]


def read_product_page(product: Product, root: Path) -> ProductPage:
    """Join ``product.toml`` with the domain's ``welcome.yaml``."""
    welcome = root / "seeds" / product.domain / "welcome.yaml"
    return ProductPage(
        name=product.name,
        description=product.description,
        organisation=product.organisation,
        domain=product.domain,
        **yaml.safe_load(welcome.read_text(encoding="utf-8")),
    )
