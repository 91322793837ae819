"""The contracts and the code are one thing in two places; whichever drifts, this fails."""

# covers R-0303

import json
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from model_proxy.app import ROUTES
from model_proxy.responses.asked import ResponseRequest
from model_proxy.schemas import schema_files
from model_proxy.wire import ChatRequest, EmbeddingRequest, Message
from runtime.product import root

CHAT = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}], "temperature": 0}


@pytest.fixture(scope="module")
def contract() -> Any:
    return yaml.safe_load((root() / "contracts/openapi/model-proxy.yaml").read_text())


def check(contract: Any, name: str, value: Any) -> None:
    """Raise ``ValidationError`` unless the value is what the contract's schema says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    Draft202012Validator(schema).validate(value)


def test_contract_has_exactly_the_proxys_routes(contract: Any) -> None:
    written = {
        (path, method.upper())
        for path, operations in contract["paths"].items()
        for method in operations
        if method != "parameters"
    }
    served = {(r.path, m) for r in ROUTES for m in r.methods or () if m != "HEAD"}
    assert served == written


@pytest.mark.parametrize("kind", [ChatRequest, EmbeddingRequest, Message, ResponseRequest])
def test_contract_has_exactly_the_fields_that_the_proxy_reads(contract: Any, kind: Any) -> None:
    schema = contract["components"]["schemas"][kind.__name__]
    read = msgspec.json.schema(kind)["$defs"][kind.__name__]
    assert set(schema["properties"]) == set(read["properties"])
    assert set(schema["required"]) == set(read["required"])


async def test_contract_describes_a_chat_completion(start: Any, contract: Any) -> None:
    async with start() as client, client.post("/v1/chat/completions", CHAT) as response:
        check(contract, "ChatCompletion", await response.json())


async def test_contract_describes_every_event_of_a_stream(start: Any, contract: Any) -> None:
    body = CHAT | {"stream": True, "stream_options": {"include_usage": True}}
    async with start() as client, client.post("/v1/chat/completions", body) as response:
        *events, done = (await response.text()).removesuffix("\n\n").split("\n\n")
    assert done == "data: [DONE]"
    assert events
    for event in events:
        check(contract, "ChatChunk", json.loads(event.removeprefix("data: ")))


async def test_contract_describes_a_response_and_every_event_of_its_stream(
    start: Any, contract: Any
) -> None:
    asked = {"model": "answer", "input": "Hello", "temperature": 0}
    check(contract, "ResponseRequest", asked)
    async with start() as client:
        async with client.post("/v1/responses", asked) as response:
            check(contract, "Response", await response.json())
        async with client.post("/v1/responses", asked | {"stream": True}) as response:
            events = (await response.text()).removesuffix("\n\n").split("\n\n")
    assert events
    for event in events:
        check(contract, "ResponseEvent", json.loads(event.partition("\ndata: ")[2]))


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/v1/models", "ModelList"),
        ("/v1/models/embed", "Model"),
        ("/v1/models/none", "Error"),
        ("/v1/none", "Error"),
        ("/health", "Health"),
        ("/ready", "Readiness"),
    ],
)
async def test_contract_describes_what_is_read(
    start: Any, contract: Any, path: str, schema: str
) -> None:
    async with start() as client, client.get(path) as response:
        check(contract, schema, await response.json())


async def test_contract_describes_embeddings(start: Any, contract: Any) -> None:
    body = {"model": "embed", "input": "tea"}
    async with start() as client, client.post("/v1/embeddings", body) as response:
        check(contract, "Embeddings", await response.json())


def test_contract_check_fails_on_another_shape(contract: Any) -> None:
    with pytest.raises(ValidationError):
        check(contract, "ChatCompletion", {"id": 1})


@pytest.mark.parametrize("name", sorted(schema_files()))
def test_schemas_in_contracts_are_those_of_the_code(name: str) -> None:
    written = json.loads((root() / "contracts" / "models" / name).read_text())
    assert written == schema_files()[name], "run: python -m model_proxy.schemas"


@pytest.mark.parametrize("kind", ["registry", "policy", "routing", "budgets", "approvals"])
def test_schemas_accept_what_is_shipped(kind: str) -> None:
    schema = json.loads((root() / "contracts" / "models" / f"{kind}.json").read_text())
    folder = root() / "models"
    for file in (folder / f"{kind}.yaml", *(folder / f"{kind}.d").glob("*.yaml")):
        Draft202012Validator(schema).validate(yaml.safe_load(file.read_text()))
