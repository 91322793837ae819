"""What each prompt sends and gets back: drift and a tool that nobody offered fail the build."""

# covers R-0303, R-0308

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runtime.product import load_product, root
from runtime.prompts import Prompt, load_prompts

PATH = "/v1/chat/completions"
TEXT = {"type": "text"}
PROMPTS = load_prompts(root() / "prompts" / load_product().domain)
STRUCTURED = [name for name, prompt in PROMPTS.items() if prompt.output != TEXT]
PASSAGES = "[1] (Rules) Everything is written down within 30 days.\n[2] (Fees) It costs 89 euros."


def body(prompt: Prompt) -> dict[str, Any]:
    """Return the request that the prompt makes of passages and a question."""
    asked = dict.fromkeys(prompt.inputs, "How long does it take?") | {"context": PASSAGES}
    inputs = {name: asked[name] for name in prompt.inputs}
    messages = prompt.render(**inputs)
    plain = {"model": "answer", "messages": messages, "temperature": prompt.temperature}
    if prompt.output == TEXT:
        return plain
    shape = {"name": prompt.name, "schema": dict(prompt.output)}
    return plain | {"response_format": {"type": "json_schema", "json_schema": shape}}


async def ask(client: Any, name: str, *, fault: str = "", is_stream: bool = False) -> Any:
    prompt = PROMPTS[name]
    headers = {"X_Prompt_Hash": prompt.hash} | ({"X_Model_Fault": fault} if fault else {})
    async with client.post(PATH, body(prompt) | {"stream": is_stream}, **headers) as response:
        return response.status, (await response.text() if is_stream else await response.json())


@pytest.mark.parametrize("name", PROMPTS)
async def test_prompt_gets_the_answer_that_it_declares(start: Any, name: str) -> None:
    async with start() as client:
        status, answer = await ask(client, name)
    assert status == 200
    text = answer["choices"][0]["message"]["content"]
    if name in STRUCTURED:
        Draft202012Validator(dict(PROMPTS[name].output)).validate(json.loads(text))
    else:
        assert text.strip()


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("name", STRUCTURED)
async def test_prompt_refuses_an_answer_that_drifts_from_its_schema(
    start: Any, name: str, *, is_stream: bool
) -> None:
    async with start() as client:
        status, answer = await ask(client, name, fault="drift", is_stream=is_stream)
    assert status == 502
    assert "answer_invalid" in json.dumps(answer)


@pytest.mark.parametrize("is_stream", [False, True])
@pytest.mark.parametrize("name", PROMPTS)
async def test_prompt_refuses_a_tool_call_that_nobody_offered(
    start: Any, name: str, *, is_stream: bool
) -> None:
    async with start() as client:
        status, answer = await ask(client, name, fault="tool", is_stream=is_stream)
    assert status == 502
    assert "unexpected_tool_call" in json.dumps(answer)
