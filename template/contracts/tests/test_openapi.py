"""The contracts themselves are sound. covers R-0303."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

CONTRACTS = sorted((Path(__file__).parents[1] / "openapi").glob("*.yaml"))


@pytest.fixture(params=CONTRACTS, ids=lambda path: path.stem)
def document(request: Any) -> Any:
    return yaml.safe_load(request.param.read_text(encoding="utf-8"))


def references(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    for item in node if isinstance(node, list) else []:
        yield from references(item)


def test_contract_is_openapi_3_1_with_a_version(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"].count(".") == 2


def test_contract_schemas_are_json_schema(document: Any) -> None:
    for schema in document.get("components", {}).get("schemas", {}).values():
        Draft202012Validator.check_schema(schema)


def test_contract_references_lead_somewhere(document: Any) -> None:
    for reference in references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part]


def test_contract_operations_have_names_of_their_own(document: Any) -> None:
    named = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in {"get", "put", "post", "delete", "patch"}
    ]
    assert len(named) == len(set(named))
