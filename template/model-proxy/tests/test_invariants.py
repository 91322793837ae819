"""An answer is what its prompt promises, or the caller is told that there is none."""

# covers R-0308, R-0303

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from model_proxy.invariants import Shape, load_invariants, shape
from model_proxy.wire import ChatRequest, decode_body
from runtime.pins import write_pins
from runtime.prompts import PromptError, load_prompts

PATH = "/v1/chat/completions"
SCHEMA = {
    "type": "object",
    "required": ["category"],
    "additionalProperties": False,
    "properties": {"category": {"type": "string", "enum": ["return", "billing"]}},
}
PROMPT = {
    "name": "triage",
    "version": "1.0.0",
    "family": "triage",
    "language": "en",
    "temperature": 0,
    "inputs": ["message"],
    "output": SCHEMA,
    "messages": [{"role": "user", "content": "{message}"}],
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "triage", "schema": SCHEMA}}
PLAIN = {"model": "answer", "messages": [{"role": "user", "content": "Hello"}], "temperature": 1}
BODY = PLAIN | {"response_format": FORMAT}


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "triage.yaml").write_text(yaml.safe_dump(PROMPT))
    return folder


@pytest.fixture
def pair(simulate: Any) -> None:
    simulate("small-one", size="small")
    simulate("large-one", rank=2)


def whole(text: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"category": "return"}', None),
        ("category: return", "it is not JSON"),
        ('{"category": "secret words"}', "$.category breaks 'enum'"),
        ("{}", "$ breaks 'required'"),
        ('{"category": "return", "more": 1}', "$ breaks 'additionalProperties'"),
    ],
)
def test_shape_names_the_fault_without_the_answers_words(text: str, fault: str | None) -> None:
    assert shape(SCHEMA).fault(whole(text)) == fault


def test_shape_of_any_object_wants_an_object() -> None:
    assert Shape({}, None).fault(whole("{}")) is None
    assert Shape({}, None).fault(whole("[]")) == "it is not a JSON object"


async def test_answer_that_breaks_its_schema_is_repaired_by_the_large_model(
    start: Any, pair: None
) -> None:
    async with start() as client:
        async with client.post(PATH, BODY, X_Model_Fault="drift.small-one") as response:
            text = (await response.json())["choices"][0]["message"]["content"]
            assert response.headers["X-Model"] == "large-one"
        assert json.loads(text)["category"] in {"return", "billing"}
        async with client.get("/metrics") as response:
            assert 'model_repairs_total{outcome="ok"} 1.0' in await response.text()


@pytest.mark.parametrize("is_stream", [False, True])
async def test_answer_that_stays_wrong_is_an_error_that_says_where(
    start: Any, pair: None, *, is_stream: bool
) -> None:
    async with start() as client:
        body = BODY | {"stream": is_stream}
        async with client.post(PATH, body, X_Model_Fault="drift") as response:
            error = (await response.json())["error"]
    assert (response.status, error["code"]) == (502, "answer_invalid")
    assert "$ breaks 'required'" in error["message"]


async def test_stream_of_json_is_checked_before_its_first_word(start: Any, pair: None) -> None:
    async with start() as client:
        body = BODY | {"stream": True, "stream_options": {"include_usage": True}}
        async with client.post(PATH, body, X_Model_Fault="drift.small-one") as response:
            events = (await response.text()).removesuffix("\n\n").split("\n\n")
    *chunks, done = [event.removeprefix("data: ") for event in events]
    assert done == "[DONE]"
    said = [json.loads(chunk) for chunk in chunks]
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in said if c["choices"])
    assert json.loads(text)["category"] in {"return", "billing"}
    assert said[-1]["usage"]["total_tokens"] > 0


async def test_prompt_that_is_named_by_its_hash_is_held_to_its_schema(
    start: Any, prompts: Path
) -> None:
    known = load_prompts(prompts)["triage"].hash
    async with start(prompts_folder=prompts) as client:
        async with client.post(PATH, PLAIN, X_Prompt_Hash=known) as response:
            assert (await response.json())["error"]["code"] == "answer_invalid"
        async with client.post(PATH, PLAIN, X_Prompt_Hash="another") as response:
            assert response.status == 200


async def test_chat_refuses_a_schema_that_is_none(start: Any) -> None:
    wrong = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 3}}}
    async with start() as client, client.post(PATH, BODY | {"response_format": wrong}) as response:
        error = (await response.json())["error"]
    assert (response.status, error["param"]) == (400, "response_format")


# covers R-0505
def test_production_refuses_prompts_that_are_not_the_approved_ones(prompts: Path) -> None:
    write_pins(prompts)
    load_invariants(prompts, pinned=True)
    (prompts / "triage.yaml").write_text(yaml.safe_dump(PROMPT | {"language": "de"}))
    with pytest.raises(PromptError, match=r"triage has changed and is still version 1\.0\.0"):
        load_invariants(prompts, pinned=True)


TOOL = {"type": "function", "function": {"name": "go", "parameters": {"type": "object"}}}


@pytest.mark.parametrize("is_stream", [False, True])
async def test_chat_with_tools_and_a_schema_may_call_before_it_answers(
    start: Any, *, is_stream: bool
) -> None:
    body = BODY | {"tools": [TOOL], "tool_choice": "required"}
    async with start() as client:
        create = client.openai.chat.completions
        if is_stream:
            async with create.stream(**body) as events:
                made = await events.get_final_completion()
        else:
            made = await create.create(**body)
    (call,) = made.choices[0].message.tool_calls
    assert (call.function.name, made.choices[0].finish_reason) == ("go", "tool_calls")


def test_shape_takes_a_refusal_as_one(prompts: Path) -> None:
    invariants = load_invariants(prompts, pinned=False)
    expected = invariants.shape(decode_body(json.dumps(BODY).encode(), ChatRequest), "")
    refusal = {"choices": [{"message": {"content": None, "refusal": "I can't."}}]}
    assert expected
    assert expected.fault(json.dumps(refusal).encode()) is None
