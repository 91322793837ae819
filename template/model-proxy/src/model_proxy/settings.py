"""What the proxy is told from outside."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from dotenv import dotenv_values
from pydantic import Field

from runtime.product import root
from runtime.settings import RuntimeSettings


class ProxySettings(RuntimeSettings):
    """The proxy's own settings; addresses and keys of models are named by the registry instead."""

    model_proxy_host: str = "127.0.0.1"
    model_proxy_port: int = 8001
    models_folder: Path | None = None
    """Where the registry is; ``models/`` of the repo by default."""
    model_weights_folder: Path | None = None
    """Weights that this process can read; every pinned file is checked before it serves."""
    max_in_flight: Annotated[int, Field(ge=1)] = 256
    max_body_bytes: Annotated[int, Field(ge=1)] = 2_000_000
    chat_cache_ttl_s: Annotated[float, Field(ge=0)] = 300
    embedding_cache_ttl_s: Annotated[float, Field(ge=0)] = 86_400
    """Zero turns a cache off."""
    model_word_delay_ms: Annotated[float, Field(ge=0)] = 15
    """How long the deterministic model takes per word, so that a stream can be seen."""

    @property
    def registry_folder(self) -> Path:
        """The folder that holds registry, policy and pins."""
        return self.models_folder or root() / "models"


def read_environ(settings: ProxySettings) -> Mapping[str, str]:
    """Return the variables that the registry may name; tests never read a developer's ``.env``."""
    if settings.environment == "test":
        return dict(os.environ)
    stored = dotenv_values(root() / ".env")
    return {key: value for key, value in stored.items() if value} | dict(os.environ)
