"""JSON that satisfies its schema."""

# covers R-0308

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from model_proxy.errors import UpstreamRejectedError
from model_proxy.simulation.examples import Example

SCALARS = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(0, 40)),
    st.builds(lambda n: {"type": "string", "minLength": n}, st.integers(0, 40)),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-5, 5),
        st.integers(0, 500),
    ),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low}, st.integers(-5, 5)),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=5), min_size=1)),
    st.builds(lambda value: {"const": value}, st.text(max_size=5)),
    st.sampled_from(["date", "date-time", "email", "uri", "uuid"]).map(
        lambda name: {"type": "string", "format": name}
    ),
)
SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(
            lambda items, low, more: {
                "type": "array",
                "items": items,
                "minItems": low,
                "maxItems": low + more,
            },
            inner,
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=4).map(
            lambda parts: {
                "type": "object",
                "properties": parts,
                "required": list(parts),
                "additionalProperties": False,
            }
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=8,
)


@given(SCHEMAS, st.integers(0, 9))
def test_example_satisfies_its_schema(schema: Any, seed: int) -> None:
    value = Example(schema, "A text.", "A question?", seed).write(schema)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    assert value == Example(schema, "A text.", "A question?", seed).write(schema)


def test_example_follows_references() -> None:
    schema = {"$ref": "#/$defs/Word", "$defs": {"Word": {"const": "tea"}}}
    assert Example(schema, "", "", 0).write(schema) == "tea"


def test_example_chooses_the_value_that_the_question_names() -> None:
    schema = {"enum": ["billing", "delivery", "outage"]}
    assert Example(schema, "", "When is my delivery due?", 0).write(schema) == "delivery"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a+$"},
        {"$ref": "#"},
        {"type": "object", "properties": {"again": {"$ref": "#"}}},
    ],
)
def test_example_says_what_it_cannot_write(schema: Any) -> None:
    with pytest.raises(UpstreamRejectedError):
        Example(schema, "", "", 0).write(schema)
