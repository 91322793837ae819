"""A model without a model: it quotes the prompt's passages; same request, same seed, same bytes.

It makes a laptop, a test and a recording independent of any provider. It is no language model: it
finds and quotes sentences (``simulation.extraction``), fills JSON Schemas
(``simulation.examples``), and refuses production.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import msgspec

from model_proxy.answers import chunks, completion
from model_proxy.errors import UpstreamRejectedError
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Tools
from model_proxy.registry import Model
from model_proxy.simulation.examples import Example
from model_proxy.simulation.extraction import extract_answer
from model_proxy.simulation.faults import TRUNCATE, misbehave, truncated
from model_proxy.simulation.prompts import Prompt, read_prompt
from model_proxy.simulation.words import pick
from model_proxy.tokens import BYTES_PER_TOKEN, count_tokens
from model_proxy.wire import ChatRequest, Usage

OPENINGS = ("", "According to the documents: ", "In the documents' words: ")
_QUOTED_CHARACTERS = 300


@dataclass(frozen=True)
class Written:
    """A finished answer, before it takes a wire format."""

    identifier: str
    text: str
    finish_reason: str
    usage: Usage


@dataclass(frozen=True)
class DeterministicModel:
    """Implements ``Provider`` for chat."""

    model: Model
    word_delay_s: float

    async def complete(self, call: ChatCall) -> Completion:
        """Return the whole answer."""
        await misbehave(call.caller.fault)
        answer = write_answer(call.request)
        if call.caller.fault == TRUNCATE:
            raise truncated()
        return completion(
            answer.identifier, self.model.upstream, answer.text, answer.finish_reason, answer.usage
        )

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the answer word by word."""
        await misbehave(call.caller.fault)
        answer = write_answer(call.request)
        for index, chunk in enumerate(
            chunks(
                answer.identifier,
                self.model.upstream,
                answer.text,
                answer.finish_reason,
                answer.usage,
            )
        ):
            if call.caller.fault == TRUNCATE and index > 1:
                raise truncated()
            yield chunk
            await asyncio.sleep(self.word_delay_s if chunk.text else 0)

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Refuse: ``lexical`` makes the vectors."""
        raise UpstreamRejectedError(f"{call.model.name} answers chats only.")


def open_provider(model: Model, tools: Tools) -> DeterministicModel:
    """Return the model."""
    return DeterministicModel(model, tools.word_delay_s)


def write_answer(request: ChatRequest) -> Written:
    """Return the answer to a request; nothing but the request decides it."""
    text, finish_reason = _cut(_text(request), request.token_limit)
    read = sum(count_tokens(message.text) for message in request.messages)
    written = count_tokens(text)
    identity = msgspec.json.encode((request.messages, request.seed, request.temperature))
    return Written(
        identifier=f"chatcmpl-{hashlib.sha256(identity).hexdigest()[:24]}",
        text=text,
        finish_reason=finish_reason,
        usage=Usage(read, written, read + written),
    )


def _text(request: ChatRequest) -> str:
    prompt = read_prompt(request.messages)
    answer = extract_answer(prompt) if prompt.passages else _without_passages(prompt)
    shape = request.response_format
    if shape is not None and shape.type != "text":
        example = Example(shape.schema, answer, prompt.question, request.seed or 0)
        value = example.write(shape.schema) if shape.schema else {"answer": answer}
        return msgspec.json.encode(value).decode()
    return _opening(request, prompt) + answer


def _opening(request: ChatRequest, prompt: Prompt) -> str:
    # A seed shows only where a real model would be free to vary: above temperature zero.
    return pick(OPENINGS, request.seed, prompt.question) if request.temperature else OPENINGS[0]


def _without_passages(prompt: Prompt) -> str:
    return (
        "This is the deterministic development model: it quotes numbered passages, and got none. "
        f"It was asked: {prompt.question[:_QUOTED_CHARACTERS]}"
    )


def _cut(text: str, token_limit: int | None) -> tuple[str, str]:
    if token_limit is None or count_tokens(text) <= token_limit:
        return text, "stop"
    return text.encode()[: token_limit * BYTES_PER_TOKEN].decode(errors="ignore"), "length"
