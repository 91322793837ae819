"""The running product in Chromium, as ui/e2e tells it."""

import pytest
from tests import chromium
from tests.e2e.conftest import Product

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_browser_walks_through_the_product(product: Product) -> None:
    # covers R-0206
    person = product.stack.tenants[0].users[0].name
    await chromium.run("walk", product.stack.public_url, person)
