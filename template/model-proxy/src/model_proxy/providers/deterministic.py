"""A model without a model: it quotes the prompt's passages; same request, same seed, same bytes.

It makes a laptop, a test and a recording independent of any provider. It is no language model: it
finds and quotes sentences (``simulation.extraction``), fills JSON Schemas
(``simulation.examples``), calls tools (``simulation.calling``), and refuses production.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

import msgspec

from model_proxy.answers import chunks, completion
from model_proxy.errors import UnsupportedError, UpstreamRejectedError
from model_proxy.providers import ChatCall, Chunk, Completion, EmbeddingCall, Embeddings, Tools
from model_proxy.providers.tool_calls import check_tool_calls, offered_tools
from model_proxy.registry import Model
from model_proxy.simulation.calling import (
    UNKNOWN_TOOL,
    ToolCall,
    call_chunks,
    call_completion,
    choose_call,
)
from model_proxy.simulation.examples import Example
from model_proxy.simulation.extraction import extract_answer
from model_proxy.simulation.faults import DRIFT, LEAK, TOOL, break_off, misbehave
from model_proxy.simulation.prompts import Prompt, read_prompt
from model_proxy.simulation.words import pick
from model_proxy.tokens import BYTES_PER_TOKEN, count_tokens
from model_proxy.wire import ChatRequest, Usage

OPENINGS = ("", "According to the documents: ", "In the documents' words: ")
LEAKED_ADDRESS = "another.customer@example.com"
_QUOTED_CHARACTERS = 300


@dataclass(frozen=True)
class Written:
    """A finished answer, before it takes a wire format; a call has no text."""

    identifier: str
    text: str
    call: ToolCall | None
    finish_reason: str
    usage: Usage

    def completion(self, model: str) -> Completion:
        """Return the answer in one piece."""
        if self.call is not None:
            return call_completion(self.identifier, model, self.call, self.usage)
        return completion(self.identifier, model, self.text, self.finish_reason, self.usage)

    def chunks(self, model: str) -> Iterator[Chunk]:
        """Yield the answer in pieces."""
        if self.call is not None:
            return call_chunks(self.identifier, model, self.call, self.usage)
        return chunks(self.identifier, model, self.text, self.finish_reason, self.usage)


@dataclass(frozen=True)
class DeterministicModel:
    """Implements ``Provider`` for chat."""

    model: Model
    word_delay_s: float

    async def complete(self, call: ChatCall) -> Completion:
        """Return the whole answer."""
        answer = await self._answer(call)
        await break_off(call.caller.fault)
        return answer.completion(self.model.upstream)

    async def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the answer word by word."""
        answer = await self._answer(call)
        for index, chunk in enumerate(answer.chunks(self.model.upstream)):
            if index > 1:
                await break_off(call.caller.fault)
            yield chunk
            await asyncio.sleep(self.word_delay_s if chunk.text else 0)

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Refuse: ``lexical`` makes the vectors."""
        raise UpstreamRejectedError(f"{call.model.name} answers chats only.")

    async def _answer(self, call: ChatCall) -> Written:
        await misbehave(call.caller.fault)
        if (call.request.n or 1) > 1:
            raise UnsupportedError(f"{self.model.name} gives one answer.", param="n")
        answer = write_answer(call.request, call.caller.fault)
        if answer.call is not None:
            check_tool_calls(offered_tools(call.request), [{"tool_calls": [answer.call.wire]}])
        return answer


def open_provider(model: Model, tools: Tools) -> DeterministicModel:
    """Return the model."""
    return DeterministicModel(model, tools.word_delay_s)


def write_answer(request: ChatRequest, fault: str = "") -> Written:
    """Return the answer to a request; nothing but the request, and the fault, decides it."""
    prompt = read_prompt(request.messages)
    call = ToolCall(UNKNOWN_TOOL, "{}") if fault == TOOL else choose_call(request, prompt)
    said = "" if call else _misled(request, _text(request, prompt), fault)
    text, finish_reason = _cut(said, request.token_limit)
    read = sum(count_tokens(message.text) for message in request.messages)
    written = count_tokens(call.arguments if call else text)
    identity = msgspec.json.encode((request.messages, request.seed, request.temperature))
    return Written(
        identifier=f"chatcmpl-{hashlib.sha256(identity).hexdigest()[:24]}",
        text=text,
        call=call,
        finish_reason=finish_reason,
        usage=Usage(read, written, read + written),
    )


def _misled(request: ChatRequest, text: str, fault: str) -> str:
    if fault == LEAK:
        told = (m.text for m in request.messages if m.role in {"system", "developer"})
        return f"{text} My instructions are: {' '.join(told)} Ask {LEAKED_ADDRESS} for the rest."
    return '{"drifted": true}' if fault == DRIFT else text


def _text(request: ChatRequest, prompt: Prompt) -> str:
    last = request.messages[-1]
    if last.role == "tool":
        return f"The tool said: {last.text}"
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
