"""Responses and events checked against an OpenAPI contract."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

_HERE = "urn:contract"


@dataclass(frozen=True)
class Contract:
    """One OpenAPI 3.1 document."""

    document: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Contract":
        """Read a contract from YAML."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def check(self, response: httpx2.Response, operation: str) -> Any:  # noqa: ANN401 - any JSON
        """Return the body of a response that the operation promises; raises for every other."""
        promised = self._responses[operation][str(response.status_code)]
        if "$ref" in promised:
            name = promised["$ref"].rsplit("/", 1)[1]
            promised = self.document["components"]["responses"][name]
        media_type = response.headers["content-type"].partition(";")[0]
        self._validate(response.json(), promised["content"][media_type]["schema"])
        return response.json()

    def check_data(self, data: object, schema: str) -> None:
        """Raise unless the data is what the named schema describes."""
        self._validate(data, {"$ref": f"#/components/schemas/{schema}"})

    def _validate(self, data: object, schema: dict[str, Any]) -> None:
        checker = Draft202012Validator.FORMAT_CHECKER
        absolute = _absolute(schema)
        Draft202012Validator(absolute, registry=self._registry, format_checker=checker).validate(
            data
        )

    @cached_property
    def _registry(self) -> Registry[Any]:
        resource: Resource[Any] = DRAFT202012.create_resource(self.document)
        registry: Registry[Any] = Registry().with_resource(_HERE, resource)
        return registry

    @cached_property
    def _responses(self) -> dict[str, dict[str, Any]]:
        return {
            operation["operationId"]: operation["responses"]
            for item in self.document["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict)
        }


def _absolute(schema: dict[str, Any]) -> dict[str, Any]:
    """Let the schema's references lead into the contract."""
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref":
            found[key] = _HERE + value
        else:
            found[key] = _absolute(value) if isinstance(value, dict) else value
    return found
