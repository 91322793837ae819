"""What jobs carry is described by valid schemas with examples that prove them. covers R-0303."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

SCHEMAS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CITATION = {"number": 1, "document_id": ID, "title": "Returns", "ordinal": 0, "quote": "30 days"}
GOOD: dict[str, dict[str, Any]] = {
    "ingest_document": {"document_id": ID},
    "store_answer": {
        "answer_id": ID,
        "conversation_id": ID,
        "question": "How long?",
        "text": "30 days [1].",
        "citations": [CITATION],
        "model": "model",
        "prompt_hash": "0" * 64,
        "usage": {"input_tokens": 1, "output_tokens": 1},
        "review_reason": None,
    },
}


def validator(name: str) -> Draft202012Validator:
    path = next(path for path in SCHEMAS if path.stem == name)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(json.loads(path.read_text()), format_checker=checker)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_schema_is_valid_closed_and_named_like_its_file(path: Path) -> None:
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == path.stem
    assert schema["additionalProperties"] is False


def test_check_turns_red_on_a_planted_fault() -> None:
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema({"type": "strnig"})


@pytest.mark.parametrize("name", GOOD)
def test_schema_accepts_a_good_payload(name: str) -> None:
    validator(name).validate(GOOD[name])


@pytest.mark.parametrize("name", GOOD)
def test_schema_refuses_a_payload_that_lacks_something(name: str) -> None:
    for field in GOOD[name]:
        lacking = {key: value for key, value in GOOD[name].items() if key != field}
        assert not validator(name).is_valid(lacking)


@pytest.mark.parametrize("name", GOOD)
def test_schema_refuses_what_it_does_not_know(name: str) -> None:
    assert not validator(name).is_valid(GOOD[name] | {"tenant_id": ID})


def test_schema_refuses_an_id_that_is_none() -> None:
    assert not validator("ingest_document").is_valid({"document_id": "../etc/passwd"})
