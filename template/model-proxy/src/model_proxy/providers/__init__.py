"""Models behind one port; each module here speaks to one kind of provider.

An adapter is a module named as in the registry (``adapter: openai_compatible``) with one function:
``def open_provider(model: Model, tools: Tools) -> Provider``. A new file is a new adapter.
"""

import importlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Protocol

import aiohttp
import msgspec

from model_proxy.budgets import Reservation
from model_proxy.caller import Caller
from model_proxy.providers.dialects import Dialect
from model_proxy.registry import Model
from model_proxy.sources import ConfigurationError
from model_proxy.wire import ChatRequest, EmbeddingRequest, Usage


class Completion(msgspec.Struct, frozen=True):
    """A whole answer: the JSON as the caller reads it, and what it used."""

    body: bytes
    usage: Usage


class Chunk(msgspec.Struct, frozen=True):
    """One event of a stream.

    Attributes:
        data: the JSON as the caller reads it.
        text: what it adds to the answer.
        finish_reason: set on the last event that belongs to the answer.
        usage: token counts, where the event carries them.
        is_usage_only: whether it exists only for callers who asked for usage.
        is_text: false for events that carry more than text (tool calls, several choices).
    """

    data: bytes
    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    is_usage_only: bool = False
    is_text: bool = True


@dataclass(frozen=True)
class Begun:
    """A stream whose first words are there; the rest must be closed."""

    head: tuple[Chunk, ...]
    rest: AsyncGenerator[Chunk, None]


class Embeddings(msgspec.Struct, frozen=True):
    """One vector per input, in order."""

    vectors: list[list[float]]
    usage: Usage


@dataclass(frozen=True)
class ChatCall:
    """A chat request on its way to a model.

    Attributes:
        model: the one that is asked now.
        body: the request as it arrived, so that fields unknown here reach the model.
        timeout_s: seconds until the whole answer, or a stream's first event, must be there.
        others: the models that may answer in its place, preferred first.
        reservation: the tokens set aside for it.
    """

    model: Model
    request: ChatRequest
    body: bytes
    caller: Caller
    timeout_s: float
    others: tuple[Model, ...] = ()
    reservation: Reservation = field(default_factory=Reservation)


@dataclass(frozen=True)
class EmbeddingCall:
    """Texts on their way to a model; ``timeout_s`` bounds the whole answer."""

    model: Model
    request: EmbeddingRequest
    texts: list[str]
    caller: Caller
    timeout_s: float
    others: tuple[Model, ...] = ()
    reservation: Reservation = field(default_factory=Reservation)


class Provider(Protocol):
    """One model. Every failure is an ``UpstreamError``; leaving a call cancels it upstream."""

    async def complete(self, call: ChatCall) -> Completion:
        """Return the whole answer."""

    def stream(self, call: ChatCall) -> AsyncGenerator[Chunk, None]:
        """Yield the answer as it is written; the last events carry finish reason and usage."""

    async def embed(self, call: EmbeddingCall) -> Embeddings:
        """Return the texts' vectors."""


@dataclass(frozen=True)
class Tools:
    """What an adapter may use.

    Attributes:
        http: the only client; its connections are shared.
        environ: for the registry's settings.
        dialects: how the APIs differ, by name.
        word_delay_s: how long the deterministic model waits between words.
    """

    http: aiohttp.ClientSession
    environ: Mapping[str, str]
    dialects: Mapping[str, Dialect]
    word_delay_s: float = 0.0


def adapter(model: Model) -> ModuleType:
    """Return the module that speaks to the model; raises ``ConfigurationError`` without one."""
    try:
        return importlib.import_module(f"{__name__}.{model.adapter}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{model.adapter}":
            raise
        raise ConfigurationError(
            f"{model.name}: there is no adapter providers/{model.adapter}.py."
        ) from error


def open_provider(model: Model, tools: Tools) -> Provider:
    """Return the model behind its adapter."""
    provider: Provider = adapter(model).open_provider(model, tools)
    return provider
