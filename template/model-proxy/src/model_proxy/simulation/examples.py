"""JSON that satisfies a schema, made from the answer's text and a seed (JSON Schema 2020-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_proxy.errors import UpstreamRejectedError
from model_proxy.simulation.words import pick, terms

Schema = Mapping[str, Any]

_MOST_DEPTH = 32
_MOST_INTEGER = 100
_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


@dataclass(frozen=True)
class Example:
    """Writes one instance of a schema.

    Attributes:
        root: where ``$ref`` points into.
        text: what free strings say.
        question: decides between the values of an enum, then the seed does.
    """

    root: Schema
    text: str
    question: str
    seed: int

    def write(self, schema: Schema, place: str = "$") -> Any:  # noqa: ANN401 - any JSON value
        """Return a value for the schema; ``UpstreamRejectedError`` when this writer can't."""
        if place.count("/") > _MOST_DEPTH:
            raise UpstreamRejectedError(f"The schema at {place} contains itself.")
        if "$ref" in schema:
            return self.write(self._resolve(str(schema["$ref"])), f"{place}/")
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choose(schema["enum"], place)
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self.write(schema[union][0], f"{place}/")
        return self._typed(schema, place)

    def _typed(self, schema: Schema, place: str) -> Any:  # noqa: ANN401 - any JSON value
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        match kind:
            case "object":
                properties = schema.get("properties", {})
                return {
                    name: self.write(part, f"{place}/{name}") for name, part in properties.items()
                }
            case "array":
                return self._array(schema, place)
            case "integer" | "number":
                return self._number(schema, place, whole=kind == "integer")
            case "boolean":
                return pick((True, False), self.seed, place, self.question)
            case "null":
                return None
        return self._string(schema, place)

    def _array(self, schema: Schema, place: str) -> list[Any]:
        count = max(1, schema.get("minItems", 1))
        items = schema.get("items", {})
        return [
            self.write(items, f"{place}/{n}")
            for n in range(min(count, schema.get("maxItems", count)))
        ]

    def _number(self, schema: Schema, place: str, *, whole: bool) -> float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + _MOST_INTEGER + 1) - 1)
        step = schema.get("multipleOf", 1)
        if not whole and high - low < 1:
            return float(low)
        first = -(-low // step) * step
        steps = range(int((min(high, low + _MOST_INTEGER) - first) // step) + 1)
        value = first + step * pick(steps or (0,), self.seed, place, self.question)
        return int(value) if whole else float(value)

    def _string(self, schema: Schema, place: str) -> str:
        if "pattern" in schema:
            raise UpstreamRejectedError(
                f"The deterministic model can't write for the pattern at {place}."
            )
        text = _FORMATS.get(str(schema.get("format")), self.text)
        return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]

    def _choose(self, values: list[Any], place: str) -> Any:  # noqa: ANN401 - any JSON value
        asked = set(terms(self.question))
        fitting = [value for value in values if asked & set(terms(str(value)))]
        return pick(fitting or values, self.seed, place, self.question)

    def _resolve(self, reference: str) -> Schema:
        part: Any = self.root
        for key in reference.removeprefix("#").strip("/").split("/"):
            part = part.get(key.replace("~1", "/").replace("~0", "~"), {}) if key else part
        return part if isinstance(part, Mapping) else {}
