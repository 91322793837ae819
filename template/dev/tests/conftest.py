from pathlib import Path

import pytest

from devstack.products import write_product


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seeds of a product of these tests' own, which have no tenants yet."""
    monkeypatch.setenv("PRODUCT_FILE", str(tmp_path / "product.toml"))
    return tmp_path / "seeds" / write_product(tmp_path).domain
