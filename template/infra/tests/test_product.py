"""The stacks and the scripts look for lines of ``product.toml``; they have no parser."""

import json
import tomllib

import pytest


@pytest.mark.parametrize("name", ["slug", "contact", "regions"])
def test_product_has_each_entry_on_a_line_of_its_own(root, name):
    text = (root / "product.toml").read_text()
    value = tomllib.loads(text)["product"][name]
    assert f"{name} = {json.dumps(value, ensure_ascii=False)}" in text.splitlines()
