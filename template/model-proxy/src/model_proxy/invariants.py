"""What a prompt promises about its answers, and holding the model to it.

A request names its prompt by hash (``X-Prompt-Hash``). Where that prompt declares an output schema,
or the request brings one, the answer is checked before anybody sees it: a stream is held back until
it is whole, because half a JSON document is of no use and can't be taken back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match

from model_proxy.errors import BadRequestError, InvalidAnswerError
from model_proxy.quality import message_of, text_of
from model_proxy.wire import ChatRequest
from runtime.pins import check_pins
from runtime.prompts import Prompt, PromptLibrary, load_prompts

_MOST_TOLD = 300
_TEXT = {"type": "text"}


@dataclass(frozen=True)
class Shape:
    """What an answer must be; ``validator`` is None where any JSON object will do."""

    schema: Mapping[str, Any]
    validator: Draft202012Validator | None

    def fault(self, body: bytes) -> str | None:
        """Return what is wrong with a whole answer, or None; never the answer's own words."""
        message = message_of(body)
        if message.tool_calls or message.function_call or message.refusal:
            # It asks first, or says no; neither is an answer yet.
            return None
        try:
            value = msgspec.json.decode(message.content or "")
        except msgspec.DecodeError:
            return "it is not JSON"
        if self.validator is None:
            return None if isinstance(value, dict) else "it is not a JSON object"
        error = best_match(self.validator.iter_errors(value))
        return None if error is None else f"{error.json_path} breaks {error.validator!r}"


class Invariants:
    """The prompts by hash, each schema compiled once."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = {prompt.hash: prompt for prompt in prompts.values()}
        self._shapes = {
            key: shape(prompt.output)
            for key, prompt in self._prompts.items()
            if prompt.output != _TEXT
        }

    def prompt(self, prompt_hash: str) -> Prompt | None:
        """Return the prompt of that hash, if it is one of ours."""
        return self._prompts.get(prompt_hash)

    def shape(self, request: ChatRequest, prompt_hash: str) -> Shape | None:
        """Return what the answer must be: as the prompt says, else as the request says.

        Raises:
            BadRequestError: the request's own schema is none.
        """
        if prompt_hash and (known := self._shapes.get(prompt_hash)):
            return known
        wanted = request.response_format
        if wanted is None or wanted.type == "text":
            return None
        try:
            return shape(wanted.schema) if wanted.schema else Shape({}, None)
        except SchemaError as error:
            raise BadRequestError(
                f"The schema in response_format is no JSON Schema: {error.message[:_MOST_TOLD]}",
                param="response_format",
            ) from error


def shape(schema: Mapping[str, Any]) -> Shape:
    """Return a schema, compiled; raises ``SchemaError``."""
    Draft202012Validator.check_schema(schema)
    return Shape(schema, Draft202012Validator(schema))


def load_invariants(prompts: Path, *, pinned: bool) -> Invariants:
    """Read the prompts of a folder; one that isn't there holds none.

    Raises:
        PromptError: a file is no prompt or, where ``pinned``, not the one that was approved.
    """
    if not prompts.is_dir():
        return Invariants(PromptLibrary({}))
    library = load_prompts(prompts)
    if pinned:
        check_pins(prompts, library)
    return Invariants(library)


def repair_body(body: bytes, answer: bytes, fault: str, schema: Mapping[str, Any]) -> bytes:
    """Return the request that asks for the same answer in its proper form, as a whole."""
    fields = msgspec.json.decode(body, type=dict[str, Any])
    for name in ("stream", "stream_options", "n"):
        fields.pop(name, None)
    fields["messages"] = [
        *fields["messages"],
        {"role": "assistant", "content": text_of(answer)},
        {"role": "user", "content": "\n".join(_instructions(fault, schema))},
    ]
    return msgspec.json.encode(fields)


def invalid(fault: str) -> InvalidAnswerError:
    """Return what is raised when a repair was in vain."""
    return InvalidAnswerError(
        f"The answer is not what its prompt promises, and a repair did not help: {fault}. Ask "
        "again; if it goes on, the prompt or the model needs work."
    )


def _instructions(fault: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"Your answer can't be used: {fault}."
    yield "Return the corrected JSON and nothing else, with no change to what it says."
    if schema:
        yield f"JSON Schema: {msgspec.json.encode(schema).decode()}"
