"""What the proxy is told from outside."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, model_validator

from runtime.product import load_product, root
from runtime.settings import RuntimeSettings, SettingsError

Seconds = dict[str, Annotated[float, Field(ge=0)]]


class ProxySettings(RuntimeSettings):
    """The proxy's own settings; addresses and keys of models are named by the registry instead."""

    model_proxy_host: str = "127.0.0.1"
    model_proxy_port: int = 8001
    models_folder: Path | None = None
    """Where the registry is; ``models/`` of the repo by default."""
    model_weights_folder: Path | None = None
    """Weights that this process can read; every pinned file is checked before it serves."""
    model_proxy_jwks_url: str = ""
    """Where the keys of our own services' tokens are published: the gateway's ``jwks.json``."""
    model_proxy_key: SecretStr = SecretStr("")
    """A static key, for programs that are no service of ours; unset, there is none."""
    model_proxy_more_keys: SecretStr = SecretStr("")
    """Further keys, separated by commas: for other callers, and while a key is being changed."""
    flags_file: Path | None = None
    """``flags.yaml`` of the repo by default; it is read again when it changes."""
    flags_look_every_s: Annotated[float, Field(gt=0)] = 1
    prompts_folder: Path | None = None
    """The prompts whose hashes callers send; those of the product's domain by default."""
    model_proxy_replicas: Annotated[int, Field(ge=1)] = 1
    """How many processes divide the lines of ``models/budgets.yaml`` while they share no cache."""
    max_in_flight: Annotated[int, Field(ge=1)] = 256
    max_waiting: Annotated[int, Field(ge=0)] = 64
    """How many requests over that wait for a place instead of being refused at once."""
    max_waiting_ms: Annotated[int, Field(ge=0)] = 500
    requests_per_s: Annotated[float, Field(ge=0)] = 0
    """What one key may ask on average; zero sets no limit."""
    requests_burst: Annotated[int, Field(ge=1)] = 100
    """What one key may ask at once."""
    max_body_bytes: Annotated[int, Field(ge=1)] = 2_000_000
    chat_cache_ttl_s: Annotated[float, Field(ge=0)] = 300
    chat_cache_ttls_s: Seconds = Field(default={})
    """By use case, as JSON; the others have ``chat_cache_ttl_s``."""
    semantic_cache_ttls_s: Seconds = Field(default={})
    """Use cases whose answers also serve the same question in other words, as JSON."""
    semantic_cache_similarity: Annotated[float, Field(ge=-1, le=1)] = 0.8
    """The least cosine of two such questions' embeddings."""
    semantic_cache_model: str = "embed"
    """Who embeds them."""
    embedding_cache_ttl_s: Annotated[float, Field(ge=0)] = 86_400
    """Zero turns a cache off."""
    embedding_batch_size: Annotated[int, Field(ge=1)] = 16
    """How many texts travel to a model together; one sends every call alone."""
    embedding_batch_wait_ms: Annotated[float, Field(ge=0)] = 50
    """How long the first of them waits for others while the model is at work."""
    model_word_delay_ms: Annotated[float, Field(ge=0)] = 15
    """How long the deterministic model takes per word, so that a stream can be seen."""

    model_record_folder: Path | None = None
    """Where chats are recorded, redacted; unset, nothing is. One process per folder."""
    model_record_max_bytes: Annotated[int, Field(ge=1_000_000)] = 256_000_000
    """How much of the disk the record may take; the oldest goes first."""

    @property
    def keys(self) -> list[str]:
        """Every static key that is accepted."""
        more = self.model_proxy_more_keys.get_secret_value().split(",")
        return [self.model_proxy_key.get_secret_value(), *(key.strip() for key in more)]

    @model_validator(mode="after")
    def _production_asks_who_is_there(self) -> Self:
        if self.environment == "production" and not (self.model_proxy_jwks_url or any(self.keys)):
            raise SettingsError(
                "Production needs MODEL_PROXY_JWKS_URL, or a MODEL_PROXY_KEY: see .env.example."
            )
        return self

    @property
    def registry_folder(self) -> Path:
        """The folder that holds registry, policy and pins."""
        return self.models_folder or root() / "models"

    @property
    def flags_path(self) -> Path:
        """The file that switches models, tools and shares on and off."""
        return self.flags_file or root() / "flags.yaml"

    @property
    def prompts_path(self) -> Path:
        """The folder of the prompts."""
        return self.prompts_folder or root() / "prompts" / load_product().domain


def read_environ(settings: ProxySettings) -> Mapping[str, str]:
    """Return the variables that the registry may name; tests never read a developer's ``.env``."""
    if settings.environment == "test":
        return dict(os.environ)
    stored = dotenv_values(root() / ".env")
    return {key: value for key, value in stored.items() if value} | dict(os.environ)
