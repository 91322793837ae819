"""Every provider's dialect against its cassette: what it is sent, and what clients make of it.

A cassette's header says whether it was recorded or written by hand, and from which sources.
"""

# covers R-0303

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from model_proxy.providers.dialects import SHIPPED, DialectFile
from model_proxy.sources import read_source
from model_proxy.testing import Reply, ScriptedAPI, serve
from runtime.product import root

FOLDER = Path(__file__).parents[1] / "cassettes"
CASSETTES: dict[str, Any] = {
    path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))
}
EXCHANGES = [
    pytest.param(cassette, exchange, id=f"{name}: {exchange['name']}")
    for name, cassette in CASSETTES.items()
    for exchange in cassette["exchanges"]
]
QUESTION: dict[str, Any] = {"messages": [{"role": "user", "content": "Is tea hot?"}]}
TEXTS: dict[str, Any] = {"input": ["tea"]}
SCHEMA = Draft202012Validator(json.loads((FOLDER / "schema.json").read_text()))


@pytest.fixture(scope="module")
def contract() -> Any:
    return yaml.safe_load((root() / "contracts/openapi/model-proxy.yaml").read_text())


@pytest.fixture
def play(start: Any, add_model: Any) -> Any:
    """Start a proxy whose only model answers from the cassette."""

    @asynccontextmanager
    async def over(
        cassette: Any, exchange: Any, *, tries: int = 2
    ) -> AsyncIterator[tuple[Any, ScriptedAPI]]:
        kind = exchange.get("kind", "chat")
        add_model(
            kind=kind,
            serves=["answer" if kind == "chat" else "embed"],
            dialect=cassette["dialect"],
            upstream=cassette["upstream"],
            api_key={"env": "MODEL_API_KEY"},
            dimensions=2 if kind == "embeddings" else None,
        )
        api = ScriptedAPI(*[reply(exchange["answered"])] * tries)
        async with serve(api) as url:
            environ = {"MODEL_BASE_URL": url + cassette["base_path"], "MODEL_API_KEY": "KEY"}
            async with start(environ) as client:
                yield client, api

    return over


def reply(answered: Any) -> Reply:
    """Return what the cassette answers."""
    if "events" in answered:
        return Reply.events(*answered["events"])
    return Reply.json(answered["json"], answered["status"], **answered.get("headers", {}))


def check(contract: Any, name: str, value: Any) -> None:
    """Raise ``ValidationError`` unless the value is what the contract's schema says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    Draft202012Validator(schema).validate(value)


async def ask(client: Any, exchange: Any, contract: Any) -> dict[str, Any]:
    """Return what OpenAI's own client hears."""
    asked = exchange.get("asked", {})
    if exchange.get("kind") == "embeddings":
        made = await client.openai.embeddings.create(
            model="embed", **TEXTS, encoding_format="float"
        )
        return {"vector": made.data[0].embedding, "tokens": made.usage.total_tokens}
    given = {"model": "answer", **QUESTION, **asked}
    extra = {"top_k": given.pop("top_k")} if "top_k" in given else {}
    answer = await client.openai.chat.completions.create(**given, extra_body=extra)
    if asked.get("stream"):
        return await hear(answer, contract)
    check(contract, "ChatCompletion", answer.to_dict())
    message = answer.choices[0].message
    calls = [[c.function.name, json.loads(c.function.arguments)] for c in message.tool_calls or ()]
    return {
        "text": message.content,
        "tools": calls,
        "finish_reason": answer.choices[0].finish_reason,
        "tokens": answer.usage.total_tokens,
    }


async def hear(stream: Any, contract: Any) -> dict[str, Any]:
    """Put a stream together as a client does: by the index of each part."""
    heard: dict[str, Any] = {"text": "", "tools": [], "finish_reason": None, "tokens": None}
    async for chunk in stream:
        check(contract, "ChatChunk", chunk.to_dict(exclude_unset=True))
        if chunk.usage:
            heard["tokens"] = chunk.usage.total_tokens
        for choice in chunk.choices:
            heard["text"] += choice.delta.content or ""
            heard["finish_reason"] = choice.finish_reason or heard["finish_reason"]
            for part in choice.delta.tool_calls or ():
                heard["tools"] += [["", ""]] * (part.index + 1 - len(heard["tools"]))
                name, arguments = heard["tools"][part.index]
                more = part.function.arguments or ""
                heard["tools"][part.index] = [name or part.function.name, arguments + more]
    heard["tools"] = [[name, json.loads(arguments)] for name, arguments in heard["tools"]]
    return heard


@pytest.mark.parametrize(("cassette", "exchange"), EXCHANGES)
async def test_dialect_sends_and_hears_what_the_cassette_says(
    play: Any, contract: Any, cassette: Any, exchange: Any
) -> None:
    await verify(play, contract, cassette, exchange)


async def verify(play: Any, contract: Any, cassette: Any, exchange: Any) -> None:
    """Raise unless the exchange goes as the cassette says, both ways."""
    expected = exchange["heard"]
    async with play(cassette, exchange) as (client, api):
        if "status" in expected:
            with pytest.raises(openai.APIStatusError) as failure:
                await ask(client, exchange, contract)
            assert refusal(failure.value) == expected | {"message": expected.get("message", "")}
        else:
            heard = await ask(client, exchange, contract)
            assert {name: heard[name] for name in expected} == expected
    seen = api.seen[0]
    assert seen.path + ("?" * bool(seen.query)) + seen.query == exchange["sent"]["path"]
    basis = TEXTS if exchange.get("kind") == "embeddings" else QUESTION
    assert seen.body == basis | {"model": cassette["upstream"]} | exchange["sent"]["fields"]
    assert cassette["key"].items() <= seen.headers.items()


def refusal(error: openai.APIStatusError) -> dict[str, Any]:
    """Return what a caller is told, in the cassette's words; the message only where it is known."""
    body: Any = error.body
    assert body["correlation_id"] == error.response.headers["X-Correlation-Id"]
    wait = error.response.headers.get("Retry-After")
    known = [text for text in MESSAGES if text in body["message"]]
    told = {"status": error.status_code, "code": body["code"], "message": (known or [""])[0]}
    return told | ({"retry_after": wait} if wait else {})


MESSAGES = {
    exchange["heard"]["message"]
    for cassette in CASSETTES.values()
    for exchange in cassette["exchanges"]
    if exchange["heard"].get("message")
}


@pytest.mark.parametrize("name", CASSETTES)
def test_cassette_says_what_it_is(name: str) -> None:
    SCHEMA.validate(CASSETTES[name])
    assert CASSETTES[name]["dialect"] == name


def test_cassette_schema_refuses_one_without_its_origin() -> None:
    with pytest.raises(ValidationError, match="origin"):
        SCHEMA.validate({k: v for k, v in CASSETTES["openai"].items() if k != "origin"})


def test_every_shipped_dialect_has_a_cassette() -> None:
    assert set(read_source(SHIPPED).parse(DialectFile).dialects) == set(CASSETTES)


@pytest.mark.parametrize("field", ["choices", "content", "finish_reason", "usage"])
@pytest.mark.parametrize("name", CASSETTES)
async def test_answer_that_drifts_is_noticed(
    play: Any, contract: Any, name: str, field: str
) -> None:
    """Each provider's first answer, one field of it renamed: the check above must turn red."""
    exchange = CASSETTES[name]["exchanges"][0]
    drifted = exchange | {"answered": renamed(exchange["answered"], field)}
    with pytest.raises((AssertionError, ValidationError, openai.APIStatusError)):
        await verify(play, contract, CASSETTES[name], drifted)


@pytest.mark.parametrize("name", CASSETTES)
async def test_request_that_drifts_is_noticed(play: Any, contract: Any, name: str) -> None:
    """The same for what the provider is sent."""
    exchange = CASSETTES[name]["exchanges"][0]
    fields = exchange["sent"]["fields"] | {"temperature": 0.5}
    drifted = exchange | {"sent": exchange["sent"] | {"fields": fields}}
    with pytest.raises(AssertionError):
        await verify(play, contract, CASSETTES[name], drifted)


def renamed(value: Any, field: str) -> Any:
    """Return the tree with a field under another name."""
    if isinstance(value, list):
        return [renamed(item, field) for item in value]
    if not isinstance(value, dict):
        return value
    return {f"{k}_v2" if k == field else k: renamed(v, field) for k, v in value.items()}
