"""What this repo builds, read from ``product.toml``."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ProductFileError(Exception):
    """``product.toml`` can't be found or read."""

    code = "product_file"


@dataclass(frozen=True)
class Product:
    """The product as people know it; the first region is its home."""

    name: str
    slug: str
    description: str
    organisation: str
    contact: str
    domain: str
    regions: tuple[str, ...]


def product_file() -> Path:
    """Return the path of ``product.toml``.

    ``PRODUCT_FILE`` names it; without, it is the nearest one in the working directory or above.

    Raises:
        ProductFileError: there is none.
    """
    named = os.environ.get("PRODUCT_FILE")
    if named:
        return Path(named).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "product.toml").is_file():
            return folder / "product.toml"
    raise ProductFileError(
        f"No product.toml in {here} or above: start from the repo, or set PRODUCT_FILE to its path."
    )


def root() -> Path:
    """Return the folder of ``product.toml``: prompts/, models/, seeds/, contracts/ are in it."""
    return product_file().parent


def read_product_file(path: Path | None = None) -> Mapping[str, Any]:
    """Return the file's tables.

    Raises:
        ProductFileError: it is missing or no TOML.
    """
    path = path or product_file()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ProductFileError(f"{path} can't be read: {error}") from error


def product_entry(name: str) -> Any:  # noqa: ANN401 - TOML
    """Return one entry of ``[product]``: whoever needs no more depends on no more.

    Raises:
        ProductFileError: the file or the entry is missing.
    """
    try:
        return read_product_file()["product"][name]
    except KeyError as error:
        raise ProductFileError(f"[product] in product.toml is incomplete: {error}") from error


def load_product(path: Path | None = None) -> Product:
    """Return the product.

    Raises:
        ProductFileError: the file or one of its entries is missing.
    """
    table = read_product_file(path).get("product", {})
    try:
        return Product(**{**table, "regions": tuple(table["regions"])})
    except (KeyError, TypeError) as error:
        raise ProductFileError(f"[product] in product.toml is incomplete: {error}") from error
