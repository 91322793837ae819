"""The models that exist: ``models/registry.yaml`` and every file of ``models/registry.d/``.

An alias (``answer``, ``embed``) is what callers ask for; the models that serve it are tried in the
order of ``rank``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model_proxy.sources import ConfigurationError, read_folder

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
Environment = Literal["development", "test", "production"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
Module = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Entry(BaseModel):
    """Base of everything read from ``models/``: immutable, unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Setting(Entry):
    """A value that the environment gives, so that addresses and keys stay out of git."""

    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    """The environment variable."""
    default: str | None = None
    """Used when the variable is unset."""
    optional: bool = False
    """Whether the model works without it."""

    def value(self, environ: Mapping[str, str]) -> str | None:
        """Return the variable, else the default; blank counts as unset."""
        return environ.get(self.env) or self.default


class Prices(Entry):
    """US dollars per million tokens."""

    input: Annotated[float, Field(ge=0)] = 0
    output: Annotated[float, Field(ge=0)] = 0


class Limits(Entry):
    """What the model can take, and how long it may take."""

    context_tokens: Annotated[int, Field(ge=1)]
    """Prompt and answer together."""
    output_tokens: Annotated[int, Field(ge=1)] | None = None
    """The longest answer; null for embeddings."""
    timeout_s: Annotated[float, Field(gt=0)] = 60
    """When a call is given up."""
    first_byte_ms: Annotated[int, Field(ge=0)] = 0
    """A caller with less latency budget than this is refused before the call."""


class Model(Entry):
    """One model of the registry."""

    name: Name
    """What logs, traces and bills call it."""
    kind: Literal["chat", "embeddings"]
    serves: tuple[Name, ...]
    """The aliases it can answer for."""
    rank: Annotated[int, Field(ge=0)]
    """Lower is preferred."""
    size: Literal["small", "large"] = "large"
    """Small ones are asked first for short prompts (``routing.yaml``); policy grants sizes."""
    stage: Literal["stable", "candidate", "canary", "retired"]
    """Aliases reach stable models; the next two answer to their own name, retired ones never."""
    adapter: Module
    """The module under ``providers/`` that speaks to it."""
    dialect: Module = "openai"
    """How its API differs from OpenAI's: providers/dialects.yaml, models/dialects.d/."""
    provider: Module
    """Who runs it and sees the data."""
    upstream: str
    """Its name at the provider, with the pinned version."""
    version: str
    """The provider's version, release or commit."""
    environments: tuple[Environment, ...] = ("development", "test", "production")
    """Where it may be used."""
    base_url: Setting | None = None
    """The OpenAI-compatible address, ending in /v1."""
    api_key: Setting | None = None
    weights: str | None = None
    """For models we run: the file or folder that ``weights.sha256`` must pin in production."""
    parameters: dict[str, Any] = {}
    """Fields that every request to it carries."""
    dimensions: Annotated[int, Field(ge=1)] | None = None
    """The length of an embedding."""
    region: str
    """Where the data goes: local, global or a region's name."""
    retention_days: Annotated[int, Field(ge=0)]
    """How long the provider keeps prompts and answers."""
    prices: Prices = Prices()
    limits: Limits
    approved_by: Annotated[str, Field(min_length=1)]
    """Who decided that it may be used."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.kind == "embeddings" and self.dimensions is None:
            raise ValueError("an embeddings model needs dimensions")
        if self.adapter == "deterministic" and "production" in self.environments:
            raise ValueError("the deterministic model can't answer in production")
        return self

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return what the tokens cost in US dollars."""
        return (input_tokens * self.prices.input + output_tokens * self.prices.output) / 1_000_000


class RegistryFile(Entry):
    """One file of the registry."""

    models: tuple[Model, ...]


class Registry:
    """All models, by name and by alias."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self.models = {model.name: model for model in models}
        self.aliases: dict[str, tuple[Model, ...]] = {}
        self.challengers: dict[str, tuple[Model, ...]] = {}
        """Each alias's canaries and candidates: a share of the traffic, or its shadow."""
        for model in sorted(models, key=lambda model: model.rank):
            served = self.aliases if model.stage == "stable" else self.challengers
            for alias in model.serves if model.stage != "retired" else ():
                served[alias] = (*served.get(alias, ()), model)

    @property
    def canaries(self) -> set[str]:
        """The aliases that have a canary."""
        challengers = self.challengers.items()
        return {alias for alias, models in challengers if any(m.stage == "canary" for m in models)}

    def candidates(self, name: str) -> tuple[Model, ...]:
        """Return the models behind an alias, preferred first, or the one of that name."""
        if name in self.aliases:
            return self.aliases[name]
        return (self.models[name],) if name in self.models else ()


def load_registry(folder: Path) -> Registry:
    """Read ``registry.yaml`` and ``registry.d/``; ``ConfigurationError`` names file and line."""
    models: dict[str, Model] = {}
    for source in read_folder(folder / "registry.yaml"):
        for index, model in enumerate(source.parse(RegistryFile).models):
            if model.name in models:
                raise source.error(("models", index), f"{model.name} exists already")
            models[model.name] = model
    registry = Registry(tuple(models.values()))
    _check_aliases(registry, folder)
    return registry


def registry_schema() -> dict[str, Any]:
    """Return the JSON Schema of a registry file; ``contracts/models/registry.json`` holds it."""
    return {"$schema": SCHEMA_ID, **RegistryFile.model_json_schema()}


def _check_aliases(registry: Registry, folder: Path) -> None:
    for alias, models in registry.aliases.items():
        if alias in registry.models:
            raise ConfigurationError(f"{folder}: {alias} is a model and an alias")
        if len({model.kind for model in models}) > 1:
            raise ConfigurationError(f"{folder}: {alias} mixes chat and embeddings models")
